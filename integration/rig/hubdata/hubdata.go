package hubdata

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/parse"
)

// FromRecording returns the data of the hub whose messages were recorded.
func FromRecording(path string) (hubtest.Data, error) {
	file, err := os.Open(path)
	if err != nil {
		return hubtest.Data{}, fmt.Errorf("hub data: %w", err)
	}
	defer func() { _ = file.Close() }()
	c := newCollector()
	lines := recording.NewReader(file)
	for {
		d, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return c.data(), nil
		}
		if err == nil {
			err = c.message(d)
		}
		if err != nil {
			return hubtest.Data{}, fmt.Errorf("hub data: %s:%d: %w", path, lines.Line(), err)
		}
	}
}

// record is a JSON object.
type record = map[string]any

// collector gathers facts from messages.
type collector struct {
	parser *parse.Parser
	tasks  map[int64]hubtest.Task
	builds map[int64]hubtest.Build
	tagged map[hubtest.Tagged]bool
	// names are by kind and id. A name is empty until a message contains it.
	users, tags, channels, hosts, packages map[int64]string
}

func newCollector() *collector {
	return &collector{
		parser: parse.New(parse.Options{Raw: true}),
		tasks:  map[int64]hubtest.Task{}, builds: map[int64]hubtest.Build{}, tagged: map[hubtest.Tagged]bool{},
		users: map[int64]string{}, tags: map[int64]string{}, channels: map[int64]string{},
		hosts: map[int64]string{}, packages: map[int64]string{},
	}
}

// message gathers the facts of a delivery.
func (c *collector) message(d *consumer.Delivery) error {
	e, err := c.parser.Parse(&parse.Delivery{
		Exchange: d.Exchange, RoutingKey: d.RoutingKey, Type: d.Type, MessageID: d.MessageID,
		Headers: d.Headers, Body: d.Body,
	})
	if err != nil {
		return err
	}
	var body record
	if err := json.Unmarshal(e.Raw, &body); err != nil {
		return err
	}
	c.walk(body)
	if e.Build != nil && e.Build.ID != 0 && e.Tag.Name != "" {
		c.tagged[hubtest.Tagged{Tag: e.Tag.Name, Build: e.Build.ID}] = e.Type == "Tag"
	}
	if build := e.Build; build != nil && build.ID != 0 && c.builds[build.ID].Package == "" {
		c.builds[build.ID] = hubtest.Build{
			ID: build.ID, Package: build.Name, Version: build.Version, Release: build.Release,
			State: build.State.String(), Task: build.TaskID, Owner: build.Owner.Name,
		}
	}
	return nil
}

// walk looks for records of tasks, builds and named objects at any depth.
func (c *collector) walk(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			c.walk(item)
		}
	case record:
		c.look(v)
		for name, member := range v {
			c.refs(name, member)
			c.walk(member)
		}
	}
}

// look gathers the facts of a record.
func (c *collector) look(r record) {
	if r["method"] != nil && r["request"] != nil && id(r["id"]) != 0 {
		c.task(r)
	}
	if id(r["build_id"]) != 0 && r["nvr"] != nil {
		c.build(r)
	}
	if _, isTag := r["perm_id"]; isTag && id(r["id"]) != 0 {
		name(c.tags, id(r["id"]), text(r["name"]))
	}
	for _, pair := range []struct {
		id, name string
		names    map[int64]string
	}{
		{"owner_id", "owner_name", c.users},
		{"promoter_id", "promoter_name", c.users},
		{"package_id", "package_name", c.packages},
		{"tag_id", "tag_name", c.tags},
		{"tag_id", "tag", c.tags},
		{"build_tag", "build_tag_name", c.tags},
		{"dest_tag", "dest_tag_name", c.tags},
		{"host_id", "host_name", c.hosts},
		{"channel_id", "channel", c.channels},
	} {
		if n := id(r[pair.id]); n != 0 {
			name(pair.names, n, text(r[pair.name]))
		}
	}
}

// refs gathers an object whose kind is the name of its member.
func (c *collector) refs(kind string, v any) {
	names := map[string]map[int64]string{"tag": c.tags, "user": c.users, "package": c.packages}[kind]
	if r, ok := v.(record); ok && names != nil && id(r["id"]) != 0 {
		name(names, id(r["id"]), text(r["name"]))
	}
	if n := id(v); n != 0 && kind == "owner" {
		name(c.users, n, "")
	}
}

func (c *collector) task(r record) {
	t := c.tasks[id(r["id"])]
	t.ID, t.Parent, t.Method = id(r["id"]), id(r["parent"]), text(r["method"])
	t.Label, t.Arch = text(r["label"]), text(r["arch"])
	switch request := whole(r["request"]).(type) {
	case []any:
		t.Request, t.RequestXML = request, ""
		c.requestTag(t.Method, request)
	case string:
		if t.Request == nil {
			t.RequestXML = request
		}
	}
	c.tasks[t.ID] = t
}

// requestTag gathers tags that requests contain only by id.
func (c *collector) requestTag(method string, request []any) {
	place, ok := map[string]int{"buildArch": 1, "tagBuild": 0, "buildSRPMFromSCM": 1, "rebuildSRPM": 1}[method]
	if ok && place < len(request) && id(request[place]) != 0 {
		name(c.tags, id(request[place]), "")
	}
}

func (c *collector) build(r record) {
	extra, _ := whole(r["extra"]).(record)
	c.builds[id(r["build_id"])] = hubtest.Build{
		ID: id(r["build_id"]), Package: text(r["name"]), Version: text(r["version"]), Release: text(r["release"]),
		State: "COMPLETE", Task: id(r["task_id"]), Owner: text(r["owner_name"]), Source: text(r["source"]),
		Extra: extra, CG: text(r["cg_name"]), Volume: text(r["volume_name"]),
	}
}

// data returns the gathered data, sorted by id.
func (c *collector) data() hubtest.Data {
	d := hubtest.Data{
		Users: named(c.users, func(n int64, name string) hubtest.User { return hubtest.User{ID: n, Name: orID(name, "user", n)} }),
		Tags:  named(c.tags, func(n int64, name string) hubtest.Tag { return hubtest.Tag{ID: n, Name: orID(name, "tag", n)} }),
		Channels: named(c.channels, func(n int64, name string) hubtest.Channel {
			return hubtest.Channel{ID: n, Name: orID(name, "channel", n)}
		}),
		Hosts: named(c.hosts, func(n int64, name string) hubtest.Host { return hubtest.Host{ID: n, Name: orID(name, "host", n)} }),
		Packages: named(c.packages, func(n int64, name string) hubtest.Package {
			return hubtest.Package{ID: n, Name: orID(name, "package", n)}
		}),
		Tasks:  named(c.tasks, func(_ int64, t hubtest.Task) hubtest.Task { return t }),
		Builds: named(c.builds, func(_ int64, b hubtest.Build) hubtest.Build { return b }),
	}
	for tagged, in := range c.tagged {
		if in {
			d.Tagged = append(d.Tagged, tagged)
		}
	}
	slices.SortFunc(d.Tagged, func(a, b hubtest.Tagged) int { return int(a.Build - b.Build) })
	return d
}

// named returns rows with the gathered names, sorted by id.
func named[V, R any](gathered map[int64]V, row func(int64, V) R) []R {
	var rows []R
	for _, n := range slices.Sorted(maps.Keys(gathered)) {
		rows = append(rows, row(n, gathered[n]))
	}
	return rows
}

// orID returns a name, or one made from the id if no message had it.
func orID(name, kind string, n int64) string {
	return cmp.Or(name, kind+"-"+strconv.FormatInt(n, 10))
}

func name(names map[int64]string, n int64, text string) {
	if names[n] == "" {
		names[n] = text
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func id(v any) int64 {
	if n, ok := v.(int64); ok {
		return n
	}
	f, _ := v.(float64)
	return int64(f)
}

// whole converts the whole numbers in a value to integers, as in Python.
func whole(v any) any {
	switch v := v.(type) {
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = whole(v[i])
		}
		return list
	case record:
		r := make(record, len(v))
		for name := range v {
			r[name] = whole(v[name])
		}
		return r
	}
	return v
}
