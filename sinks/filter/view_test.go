package filter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/parse"
)

// schema is a node of docs/event.schema.json.
type schema struct {
	Ref        string `json:"$ref"`
	Properties map[string]schema
	Items      *schema
	Defs       map[string]schema `json:"$defs"`
	root       *schema
}

func (s schema) resolve() schema {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		next := s.root.Defs[name]
		next.root = s.root
		return next.resolve()
	}
	return s
}

// notInView returns the members of the JSON that expressions cannot use.
func notInView() []string { return []string{"schema", "raw"} }

// TestViewHasEveryMember checks that the view has exactly the members of the event's
// schema, and the predicates.
func TestViewHasEveryMember(t *testing.T) {
	text, err := os.ReadFile("../../docs/event.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var root schema
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	root.root = &root
	compareMembers(t, "", root, reflect.TypeFor[eventView](), slices.Concat(notInView(), []string{"scratch", "automatic", "top_level", "mine"}))
}

func compareMembers(t *testing.T, path string, s schema, v reflect.Type, except []string) {
	t.Helper()
	members := membersOf(v)
	for name, property := range s.Properties {
		if slices.Contains(except, name) {
			continue
		}
		if !slices.Contains(members, name) {
			t.Errorf("%s%s is in the schema and not in the view: run go generate ./event", path, name)
			continue
		}
		property.root = s.root
		property = property.resolve()
		if property.Items != nil {
			items := *property.Items
			items.root = s.root
			property = items.resolve()
		}
		field := fieldOf(v, name)
		if field.Kind() == reflect.Slice || field.Kind() == reflect.Pointer {
			field = field.Elem()
		}
		if len(property.Properties) > 0 {
			compareMembers(t, path+name+".", property, field, nil)
		}
	}
	for _, name := range members {
		if _, ok := s.Properties[name]; !ok && !slices.Contains(except, name) {
			t.Errorf("%s%s is in the view and not in the schema", path, name)
		}
	}
}

func fieldOf(t reflect.Type, name string) reflect.Type {
	for _, f := range reflect.VisibleFields(t) {
		if f.Tag.Get("expr") == name {
			return f.Type
		}
	}
	return nil
}

// TestViewSaysWhatTheJSONSays compares the view with the JSON for every recorded event.
func TestViewSaysWhatTheJSONSays(t *testing.T) {
	all := map[string]bool{"task": true, "build": true, "repo": true, "rpm": true, "campaign": true, "alert": true, "estimate": true, "failure": true, "enrichment": true}
	v := newEventView()
	var example event.Event
	if err := example.UnmarshalJSON([]byte(event.Example())); err != nil {
		t.Fatal(err)
	}
	events := append(recordedEvents(t), full(), &example)
	for _, e := range events {
		v.fill(e, &people, all)
		var fromJSON map[string]any
		if err := json.Unmarshal(e.AppendJSON(nil), &fromJSON); err != nil {
			t.Fatal(err)
		}
		for _, name := range notInView() {
			delete(fromJSON, name)
		}
		got := plain(reflect.ValueOf(v)).(map[string]any)
		for _, name := range []string{"scratch", "top_level"} {
			delete(got, name)
		}
		enrichment := fromJSON["enrichment"].(map[string]any)
		if len(enrichment["missing"].([]any)) == 0 {
			delete(enrichment, "missing")
		}
		prune(fromJSON)
		if !reflect.DeepEqual(got, fromJSON) {
			t.Fatalf("event %s differs:\nview %v\nJSON %v", e.ID, got, fromJSON)
		}
	}
}

// prune removes values that an expression cannot distinguish from unknown ones.
func prune(m map[string]any) {
	for name, value := range m {
		switch value := value.(type) {
		case map[string]any:
			if prune(value); len(value) == 0 {
				delete(m, name)
			}
		case bool:
			if !value {
				delete(m, name)
			}
		case float64:
			if value == 0 {
				delete(m, name)
			}
		}
	}
}

// plain converts a part of the view to what decoding its JSON gives; nil means unknown.
func plain(v reflect.Value) any {
	if t, ok := reflect.TypeAssert[time.Time](v); ok {
		if t.IsZero() {
			return nil
		}
		return t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return plain(v.Elem())
	case reflect.Struct:
		m := map[string]any{}
		for _, f := range reflect.VisibleFields(v.Type()) {
			if name := f.Tag.Get("expr"); name != "" {
				if value := plain(v.FieldByIndex(f.Index)); value != nil {
					m[name] = value
				}
			}
		}
		if len(m) > 0 {
			return m
		}
		return nil
	case reflect.Slice:
		var list []any
		for i := range v.Len() {
			list = append(list, plain(v.Index(i)))
		}
		if list == nil {
			return nil
		}
		return list
	}
	if v.IsZero() {
		return nil
	}
	if v.CanInt() {
		return float64(v.Int())
	}
	return v.Interface()
}

// full returns an event with members that no recording has.
func full() *event.Event {
	e := tagged()
	e.Estimate = &event.Estimate{
		StartsAt: time.Unix(5, 0), CompletionAt: time.Unix(9, 0), Remaining: koji.Some(4 * time.Second), Duration: koji.Some(4500 * time.Millisecond),
		Low: koji.Some(time.Second), High: koji.Some(time.Minute), Samples: 3, Basis: "hub-average", Overdue: true,
	}
	e.Enrichment = event.Enrichment{Status: event.StatusPartial, Missing: []event.Gap{{Path: "build.owner.name", Reason: "timeout"}}}
	e.RPM = &event.RPM{RPM: koji.RPM{ID: 3, Name: "a", Version: "1", Release: "2", Arch: "src"}, SigKey: "abc"}
	e.Build.Draft, e.Build.CG = koji.Some(true), "osbs"
	return e
}

func recordedEvents(t testing.TB) []*event.Event {
	t.Helper()
	files, err := filepath.Glob("../../parse/testdata/recordings/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	parser := parse.New(parse.Options{Instance: "lab"})
	var events []*event.Event
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		lines := recording.NewReader(f)
		for d, err := lines.Next(); err == nil; d, err = lines.Next() {
			e, err := parser.Parse(&parse.Delivery{
				Exchange: d.Exchange, RoutingKey: d.RoutingKey, Type: d.Type, MessageID: d.MessageID,
				Headers: d.Headers, Body: d.Body, ReceivedAt: d.ReceivedAt,
			})
			if err == nil {
				events = append(events, e)
			}
		}
	}
	return events
}

func BenchmarkPass(b *testing.B) {
	events := recordedEvents(b)
	for name, rules := range map[string]Rules{
		"lists":  {Packages: []string{"kernel*", "bash"}, Owners: []string{"alice", "bob"}, TopLevel: new(true)},
		"when":   {When: `type == "TaskStateChange" and new in ["CLOSED", "FAILED"] and top_level and not scratch and (glob(task.package, "kernel*", "python3*") or mine)`},
		"regexp": {When: `build.nvr matches "^(kernel|bash|python3)-[0-9]" or any(build.tags, # startsWith "f44") or task.duration > seconds("1h")`},
	} {
		b.Run(name, func(b *testing.B) {
			f, err := New(rules, people)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				f.Pass(events[i%len(events)])
				i++
			}
		})
	}
}
