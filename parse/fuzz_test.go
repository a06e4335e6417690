package parse_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/parse"
)

// check checks properties of every event.
func check(t *testing.T, p *parse.Parser, d *parse.Delivery) {
	t.Helper()
	e, err := p.Parse(d)
	if err != nil {
		if e != nil {
			t.Error("an event and an error")
		}
		return
	}
	text := e.AppendJSON(nil)
	if !json.Valid(text) || !utf8.Valid(text) {
		t.Fatalf("not JSON: %q", text)
	}
	for _, c := range text {
		if c == '\n' {
			t.Fatalf("more than one line: %q", text)
		}
	}
	again, err := p.Parse(d)
	if err != nil || string(again.AppendJSON(nil)) != string(text) {
		t.Fatalf("parsed again it is another event (%v)", err)
	}
}

// FuzzBody parses arbitrary bodies with several topics.
func FuzzBody(f *testing.F) {
	for _, r := range recordings(f) {
		f.Add(r.RoutingKey, r.Type, r.Body)
	}
	f.Add("koji.TaskStateChange.build.state", "", map010)
	p := parse.New(parse.Options{Raw: true, MaxBody: 1 << 20})
	f.Fuzz(func(t *testing.T, key, typ string, body []byte) {
		check(t, p, &parse.Delivery{RoutingKey: key, Type: typ, Body: body})
	})
}

// FuzzJSON parses arbitrary JSON inside a valid section, so that the fuzzer need not find one
// first.
func FuzzJSON(f *testing.F) {
	for _, r := range recordings(f) {
		text, _ := json.Marshal(r.body)
		f.Add(wantType(r), string(text))
	}
	p := parse.New(parse.Options{MaxBody: 1 << 20})
	f.Fuzz(func(t *testing.T, typ, text string) {
		check(t, p, &parse.Delivery{
			RoutingKey: "koji.x.y", Type: "amqp-1.0", Body: value(text),
			Headers: map[string]any{"type": typ},
		})
	})
}

// FuzzAppProperties parses arbitrary encoded AMQP 1.0 application properties.
func FuzzAppProperties(f *testing.F) {
	for _, r := range recordings(f) {
		if s, ok := r.Headers["x-amqp-1.0-app-properties"].(string); ok {
			f.Add(s)
		}
	}
	p := parse.New(parse.Options{})
	f.Fuzz(func(t *testing.T, section string) {
		check(t, p, &parse.Delivery{
			RoutingKey: "koji.task.open", Body: []byte(openTask),
			Headers: map[string]any{"x-amqp-1.0-app-properties": section},
		})
	})
}

// FuzzHeaders parses a message with arbitrary headers.
func FuzzHeaders(f *testing.F) {
	f.Add("TaskStateChange", "OPEN", "FREE", "build", "bob", "2026-11-22T07:36:24+00:00", "id-1", int64(3))
	p := parse.New(parse.Options{})
	f.Fuzz(func(t *testing.T, typ, now, old, method, user, sent, id string, task int64) {
		check(t, p, &parse.Delivery{
			RoutingKey: "koji.task.open", MessageID: id, Body: []byte(`{"info": null}`),
			Headers: map[string]any{
				"type": typ, "new": now, "old": old, "method": method, "user": user,
				"sent-at": sent, "id": task, "fedora_messaging_schema": nil,
			},
		})
	})
}
