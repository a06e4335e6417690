package kojirpc_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

func TestLookup(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
	c := newClient(t, kojirpc.Options{
		Server: hub.URL,
		WebURL: "https://koji.example.com/koji",
		TopURL: "http://files.example.com:8080/",
	})
	tests := []struct {
		url  string
		want func(kojirpc.Thing) any
		name string
	}{
		{"https://koji.example.com/koji/taskinfo?taskID=17", func(t kojirpc.Thing) any { return t.Task.Method }, "build"},
		{"http://KOJI.example.com:80/koji/buildinfo?buildID=1#x", func(t kojirpc.Thing) any { return t.Build.NVR }, "golang-x-net-2.2-11.1.epel10"},
		{"http://files.example.com:8080/packages/golang-x-net/2.2/11.1.epel10", func(t kojirpc.Thing) any { return t.Build.ID }, "1"},
		{"https://koji.example.com/koji/packageinfo?packageID=kernel", func(t kojirpc.Thing) any { return t.Package.Name }, "kernel"},
		{"https://koji.example.com/koji/taginfo?tagID=2", func(t kojirpc.Thing) any { return t.Tag.Name }, "f55-build"},
		{"https://koji.example.com/koji/buildtargetinfo?targetID=1", func(t kojirpc.Thing) any { return t.Target.Name }, "f55"},
		{"https://koji.example.com/koji/userinfo?userID=alice", func(t kojirpc.Thing) any { return t.User.ID }, "3"},
		{"https://koji.example.com/koji/hostinfo?hostID=1", func(t kojirpc.Thing) any { return t.Host.Name }, "builder1.lab.test"},
		{"https://koji.example.com/koji/hostinfo?userID=11", func(t kojirpc.Thing) any { return t.Host.Name }, "builder1.lab.test"},
		{"https://koji.example.com/koji/channelinfo?channelID=1", func(t kojirpc.Thing) any { return t.Channel.Name }, "default"},
		{"https://koji.example.com/koji/repoinfo?repoID=1", func(t kojirpc.Thing) any { return t.Repo.Tag.Name }, "epel10-build"},
		{"http://files.example.com:8080/work/tasks/17/17/build.log", func(t kojirpc.Thing) any { return t.Task.ID }, "17"},
	}
	for _, tt := range tests {
		thing, err := c.Lookup(t.Context(), tt.url)
		if err != nil {
			t.Errorf("%s: %v", tt.url, err)
			continue
		}
		if got := fmt.Sprint(tt.want(thing)); got != tt.name || thing.Page.Kind == koji.PageUnknown {
			t.Errorf("%s: %s", tt.url, got)
		}
	}
	for url, want := range map[string]error{
		"https://koji.example.com/koji/taskinfo?taskID=999999":    koji.ErrNotFound,
		"https://koji.example.com/koji/hostinfo?userID=3":         koji.ErrNotFound,
		"https://koji.example.com/koji-stg/taskinfo?taskID=17":    kojirpc.ErrOtherSite,
		"https://koji.example.com:8443/koji/taskinfo?taskID=17":   kojirpc.ErrOtherSite,
		"https://koji.example.org/koji/taskinfo?taskID=17":        kojirpc.ErrOtherSite,
		"http://files.example.com/packages/golang-x-net/2.2/11.1": kojirpc.ErrOtherSite,
	} {
		if thing, err := c.Lookup(t.Context(), url); !errors.Is(err, want) || thing.Task != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, url := range []string{"", "https://koji.example.com/koji/tasks", "https://koji.example.com/koji/canceltask?taskID=1", "\x1b"} {
		if _, err := c.Lookup(t.Context(), url); err == nil {
			t.Errorf("%q names something", url)
		}
	}
}

// TestLookupWithoutAddresses checks that without addresses to compare any site is
// accepted, and that an object without a type of its own is returned as a record.
func TestLookupWithoutAddresses(t *testing.T) {
	url := startHub(t, hubFunc(func(method string, params []any) (any, *fault) {
		return map[string]any{"method": method, "of": params[0], "name": "x", "id": 1}, nil
	}))
	c := newClient(t, kojirpc.Options{Server: url})
	for page, method := range map[string]string{
		"archiveinfo?archiveID=7":          "getArchive",
		"buildrootinfo?buildrootID=7":      "getBuildroot",
		"externalrepoinfo?extrepoID=7":     "getExternalRepo",
		"reporequest?reqID=7":              "repo.checkRequest",
		"fileinfo?archiveID=7&filename=x/": "getArchive",
	} {
		thing, err := c.Lookup(t.Context(), "https://anywhere.example.com/koji/"+page)
		if err != nil || thing.Record["method"] != method || thing.Record["of"] != int64(7) {
			t.Errorf("%s: %v, %v", page, thing.Record, err)
		}
	}
	thing, err := c.Lookup(t.Context(), "https://anywhere.example.com/koji/rpminfo?rpmID=7")
	if err != nil || thing.RPM.Name != "x" {
		t.Error(thing, err)
	}
}
