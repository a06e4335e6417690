package parse_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

// section encodes a text as RabbitMQ delivers an AMQP 1.0 text body.
func section(code, typ byte, text string) []byte {
	b := []byte{0, 0x53, code, typ}
	if typ >= 0xb0 {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	} else {
		b = append(b, byte(len(text)))
	}
	return append(b, text...)
}

func value(text string) []byte { return section(0x77, 0xb1, text) }

const openTask = `{"attribute":"state","old":"FREE","new":"OPEN","info":{"id":7,"method":"build","state":1,"request":["git://h/p","t",{}]}}`

func TestBodyForms(t *testing.T) {
	tests := map[string]parse.Delivery{
		"amqp-value, long text":   {Type: "amqp-1.0", Body: value(openTask)},
		"amqp-value, short text":  {Type: "amqp-1.0", Body: section(0x77, 0xa1, openTask)},
		"amqp-value, long bytes":  {Type: "amqp-1.0", Body: section(0x77, 0xb0, openTask)},
		"amqp-value, short bytes": {Type: "amqp-1.0", Body: section(0x77, 0xa0, openTask)},
		"data section":            {Type: "amqp-1.0", Body: section(0x75, 0xb0, openTask)},
		"two data sections": {Type: "amqp-1.0", Body: append(
			section(0x75, 0xb0, openTask[:20]), section(0x75, 0xa0, openTask[20:])...)},
		"a footer follows":            {Type: "amqp-1.0", Body: append(value(openTask), 0, 0x53, 0x78, 0xc1, 1, 0)},
		"a header comes first":        {Type: "amqp-1.0", Body: append([]byte{0, 0x53, 0x70, 0x45}, value(openTask)...)},
		"the descriptor as a ulong":   {Type: "amqp-1.0", Body: append([]byte{0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x77}, value(openTask)[3:]...)},
		"sections without the marker": {Body: value(openTask)},
		"plain JSON":                  {Body: []byte(openTask)},
		"plain JSON, marked binary":   {Type: "binary", Body: []byte(openTask)},
	}
	p := parse.New(parse.Options{})
	for name, d := range tests {
		t.Run(name, func(t *testing.T) {
			d.RoutingKey = "koji.task.open"
			e, err := p.Parse(&d)
			if err != nil {
				t.Fatal(err)
			}
			if e.Type != event.TaskStateChange || e.Task.ID != 7 || e.New != "OPEN" || e.Task.Package() != "p" {
				t.Errorf("got %s", e.AppendJSON(nil))
			}
		})
	}
}

func TestGarbage(t *testing.T) {
	bomb := append([]byte{0, 0x53, 0x77}, []byte(strings.Repeat("\x00", 10_000))...)
	tests := map[string]struct {
		d    parse.Delivery
		want string
	}{
		"no body":              {parse.Delivery{}, "no body"},
		"empty amqp-value":     {parse.Delivery{Body: section(0x77, 0xa1, "")}, "no body"},
		"random bytes":         {parse.Delivery{Body: []byte{0xf3, 0x01, 0x99, 0x42}}, "not UTF-8"},
		"plain words":          {parse.Delivery{Body: []byte("hello")}, "not JSON"},
		"cut JSON":             {parse.Delivery{Body: []byte(openTask[:40])}, "not JSON"},
		"more after the end":   {parse.Delivery{Body: []byte(openTask + "x")}, "not JSON"},
		"invalid UTF-8":        {parse.Delivery{Body: []byte("{\"a\":\"\xff\"}")}, "not UTF-8"},
		"too large":            {parse.Delivery{Body: make([]byte, 17<<20)}, "more than the limit of 16777216"},
		"a cut section":        {parse.Delivery{Body: value(openTask)[:30]}, "truncated"},
		"a length beyond":      {parse.Delivery{Body: []byte{0, 0x53, 0x77, 0xb1, 0xff, 0xff, 0xff, 0xff, '{'}}, "truncated"},
		"only the marker":      {parse.Delivery{Type: "amqp-1.0", Body: []byte{0}}, "truncated"},
		"a number as body":     {parse.Delivery{Body: []byte{0, 0x53, 0x77, 0x54, 5}}, "neither text nor bytes"},
		"a sequence":           {parse.Delivery{Body: []byte{0, 0x53, 0x76, 0x45}}, "sequence"},
		"an unknown section":   {parse.Delivery{Body: []byte{0, 0x53, 0x10, 0x45}}, "not one of an AMQP 1.0 message"},
		"descriptors of descr": {parse.Delivery{Body: bomb}, "too deep"},
		"marked but no section": {
			parse.Delivery{Type: "amqp-1.0", Body: []byte(openTask)}, "does not begin an AMQP 1.0 section",
		},
		"something after the section": {
			parse.Delivery{Body: append(value(openTask), "rest"...)}, "does not begin an AMQP 1.0 section",
		},
		"two values":               {parse.Delivery{Body: append(value(openTask), value(openTask)...)}, "two bodies"},
		"words under a known type": {parse.Delivery{Body: []byte("hello"), Headers: map[string]any{"type": "Tag"}}, "not JSON"},
		"cut properties": {
			parse.Delivery{Body: []byte(openTask), Headers: map[string]any{"x-amqp-1.0-app-properties": "\x00\x53\x74\xd1\x00\x00"}},
			"x-amqp-1.0-app-properties: the AMQP 1.0 data is truncated",
		},
		"a known type and topic without their subject": {
			parse.Delivery{
				RoutingKey: "koji.task.open", Body: []byte(`{"attribute":"state","new":"OPEN","info":{}}`),
				Headers: map[string]any{"type": "TaskStateChange"},
			},
			"it names no task",
		},
	}
	p := parse.New(parse.Options{})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, err := p.Parse(&tt.d)
			if err == nil {
				t.Fatalf("no error, got %s", e.AppendJSON(nil))
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want it to say %q", err, tt.want)
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	tests := map[string]parse.Delivery{
		"another application":             {RoutingKey: "a.b", Body: []byte(` {"x": [1, 2]} `)},
		"a key that looks like Koji's":    {RoutingKey: "my.build.complete", Body: []byte(`{"job": 1}`)},
		"a type of another":               {RoutingKey: "a.b", Headers: map[string]any{"type": "Pushed"}, Body: []byte(`{"job": 1}`)},
		"an owner changed (Fedora)":       {RoutingKey: "org.fedoraproject.prod.buildsys.build.state.change", Body: []byte(`{"attribute":"owner_id","old":1,"new":2,"build_id":5,"name":"a","version":"1","release":"1"}`)},
		"a weight changed (messagebus)":   {RoutingKey: "koji.TaskStateChange.buildArch.weight", Body: []byte(`{"attribute":"weight","old":1.0,"new":2.3,"info":{"id":90004,"method":"buildArch"}}`)},
		"JSON that is no object":          {RoutingKey: "a.b", Body: []byte(`42`)},
		"a topic of another Fedora app":   {RoutingKey: "org.fedoraproject.prod.bodhi.update.comment", Body: []byte(`{"update": {}}`)},
		"a buildsys topic not known yet":  {RoutingKey: "org.fedoraproject.prod.buildsys.volume.change", Body: []byte(`{}`)},
		"lone surrogates, as Python does": {RoutingKey: "a.b", Body: []byte(`{"file":"caf\udce9"}`)},
	}
	p := parse.New(parse.Options{})
	for name, d := range tests {
		t.Run(name, func(t *testing.T) {
			e, err := p.Parse(&d)
			if err != nil {
				t.Fatal(err)
			}
			if e.Type != event.Unknown || len(e.Raw) == 0 {
				t.Errorf("got %s", e.AppendJSON(nil))
			}
			if e.Old != "" || e.New != "" {
				t.Errorf("old %q and new %q are no states", e.Old, e.New)
			}
		})
	}
}
