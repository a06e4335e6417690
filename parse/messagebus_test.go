package parse_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

// map010 is the body of a task's state change as an AMQP 0-10 map encoded by qpid's client:
// {"attribute": "state", "old": "FREE", "new": "OPEN",
// "info": {"id": 77, "method": "newRepo", "request": ["f43-build"]}}.
var map010 = []byte("\x00\x00\x00\x70\x00\x00\x00\x04" +
	"\x09attribute\x95\x00\x05state" +
	"\x03old\x95\x00\x04FREE" +
	"\x03new\x95\x00\x04OPEN" +
	"\x04info\xa8\x00\x00\x00\x3a\x00\x00\x00\x03" +
	"\x02id\x21\x00\x00\x00\x4d" +
	"\x06method\x95\x00\x07newRepo" +
	"\x07request\xa9\x00\x00\x00\x10\x00\x00\x00\x01\x95\x00\x09f43-build")

// TestMessagebus parses the old plugin's messages in the formats in which a bridge to AMQP
// 0-9-1 may deliver them.
func TestMessagebus(t *testing.T) {
	const json = `{"attribute":"state","old":"FREE","new":"OPEN","info":{"id":77,"method":"newRepo","request":["f43-build"]}}`
	map10 := []byte("\x00\x53\x77\xc1\x60\x08" +
		"\xa1\x09attribute\xa1\x05state\xa1\x03old\xa1\x04FREE\xa1\x03new\xa1\x04OPEN" +
		"\xa1\x04info\xc1\x2f\x06\xa1\x02id\x54\x4d\xa1\x06method\xa1\x07newRepo\xa1\x07request\xc0\x0c\x01\xa1\x09f43-build")
	tests := map[string]struct {
		key  string
		body []byte
		tag  string
	}{
		"AMQP 0-10 map":         {"koji.TaskStateChange.newRepo.state", map010, "f43-build"},
		"AMQP 1.0 map":          {"koji.TaskStateChange.newRepo.state", map10, "f43-build"},
		"JSON":                  {"koji.TaskStateChange.newRepo.state", []byte(json), "f43-build"},
		"JSON without a prefix": {"TaskStateChange.newRepo.state", []byte(json), "f43-build"},
	}
	p := parse.New(parse.Options{})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, err := p.Parse(&parse.Delivery{RoutingKey: tt.key, Body: tt.body})
			if err != nil {
				t.Fatal(err)
			}
			if e.Type != event.TaskStateChange || e.Dialect != event.Messagebus {
				t.Fatalf("%s, %s", e.Type, e.Dialect)
			}
			if e.Task.ID != 77 || e.Task.Tag().Name != tt.tag || e.New != "OPEN" || e.Task.State.String() != "OPEN" {
				t.Errorf("got %s", e.AppendJSON(nil))
			}
		})
	}
}

// TestMessagebusSubjects parses each kind of subject.
func TestMessagebusSubjects(t *testing.T) {
	tests := map[string]struct {
		body string
		want event.Type
	}{
		"koji.PackageListChange.f43.zsh":  {`{"action":"add","tag":{"id":1,"name":"f43"},"package":{"id":2,"name":"zsh"}}`, event.PackageListChange},
		"koji.BuildStateChange.state.zsh": {`{"attribute":"state","old":0,"new":1,"info":{"id":3,"name":"zsh","version":"1","release":"2"}}`, event.BuildStateChange},
		"koji.Import.build":               {`{"type":"build","build":{"id":3,"name":"zsh"}}`, event.Import},
		"koji.Tag.f43.zsh.rosa":           {`{"tag":{"id":1,"name":"f43"},"build":{"id":3,"name":"zsh"},"user":{"name":"rosa"}}`, event.Tag},
		"koji.Untag.f43.zsh.rosa":         {`{"tag":{"id":1,"name":"f43"},"build":{"id":3,"name":"zsh"},"user":{"name":"rosa"}}`, event.Untag},
		"koji.RepoInit.f43-build":         {`{"tag":{"id":4,"name":"f43-build"},"repo_id":9}`, event.RepoInit},
		"koji.RepoDone.f43-build":         {`{"repo":{"id":9,"tag_name":"f43-build"}}`, event.RepoDone},
		"koji.RPMSign":                    {`{"sigkey":"ab","rpm":{"name":"zsh"},"build":{"id":3}}`, event.RPMSign},
	}
	p := parse.New(parse.Options{})
	for key, tt := range tests {
		t.Run(key, func(t *testing.T) {
			e, err := p.Parse(&parse.Delivery{RoutingKey: key, Body: []byte(tt.body)})
			if err != nil {
				t.Fatal(err)
			}
			if e.Type != tt.want || e.Dialect != event.Messagebus {
				t.Errorf("got %s, %s", e.Type, e.Dialect)
			}
		})
	}
}

// encoding has the type codes of AMQP 0-10, in which names have none, or of AMQP 1.0.
type encoding struct{ list, mapping, text, number byte }

func (c encoding) name(s string) []byte {
	if c.text == 0x95 {
		return append([]byte{byte(len(s))}, s...)
	}
	return append([]byte{c.text, byte(len(s))}, s...)
}

func (c encoding) value(s string) []byte {
	if c.text == 0x95 {
		return append([]byte{c.text, 0, byte(len(s))}, s...)
	}
	return c.name(s)
}

// sized prepends the length and the number of items. AMQP 1.0 also counts names.
func (c encoding) sized(count uint32, isMap bool, items ...[]byte) []byte {
	all := slices.Concat(items...)
	if isMap && c.text != 0x95 {
		count *= 2
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(len(all))+4)
	return append(binary.BigEndian.AppendUint32(head, count), all...)
}

// deepMap returns a map like that of a messagebus message, whose member extra nests deeply.
func (c encoding) deepMap(levels int) []byte {
	deep := append([]byte{c.list}, c.sized(0, false)...)
	for range levels {
		deep = append([]byte{c.list}, c.sized(1, false, deep)...)
	}
	return c.sized(4, true,
		c.name("attribute"), c.value("state"), c.name("old"), c.value("FREE"), c.name("new"), c.value("OPEN"),
		c.name("info"), []byte{c.mapping}, c.sized(2, true, c.name("id"), []byte{c.number, 9}, c.name("extra"), deep),
	)
}

// TestDeepMaps checks that deeply nested values in a map are ignored, as in JSON.
func TestDeepMaps(t *testing.T) {
	const levels = 2000
	for name, body := range map[string][]byte{
		"AMQP 0-10": encoding{list: 0xa9, mapping: 0xa8, text: 0x95, number: 0x02}.deepMap(levels),
		"AMQP 1.0":  append([]byte{0, 0x53, 0x77, 0xd1}, encoding{list: 0xd0, mapping: 0xd1, text: 0xa1, number: 0x50}.deepMap(levels)...),
	} {
		e, err := parse.New(parse.Options{}).Parse(&parse.Delivery{RoutingKey: "koji.TaskStateChange.build.state", Body: body})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if e.Task == nil || e.Task.ID != 9 || e.New != "OPEN" {
			t.Errorf("%s: got %s", name, e.AppendJSON(nil))
		}
	}
}
