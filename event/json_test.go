package event_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/koji"
)

// full returns an event with all the members of the first version of the schema. Example
// also has those added since.
func full() *event.Event {
	at := time.Date(2026, 11, 22, 7, 31, 0, 123456000, time.UTC)
	ref := func(id int64, name string) koji.Ref { return koji.Ref{ID: id, Name: name} }
	return &event.Event{
		ID: "id-1", Type: event.TaskStateChange, Dialect: event.Protonmsg,
		Topic: "koji.task.closed", Instance: "lab", ReceivedAt: at,
		Old: "OPEN", New: "CLOSED", URL: "https://koji.example.com/koji/taskinfo?taskID=1234",
		Summary: "alice's python3 scratch build closed",
		Task: &koji.Task{
			ID: 1234, Parent: 1200, Method: "buildArch", State: koji.TaskClosed, Label: "x86_64",
			Arch: "noarch", Owner: ref(5, "alice"), Channel: ref(1, "default"), Host: ref(3, "buildvm-01"),
			Priority: koji.Some[int64](20), Weight: koji.Some(1.5),
			Created: at.Add(-time.Hour), Started: at.Add(-30 * time.Minute), Ended: at.Add(-time.Second),
			URL: "https://koji.example.com/koji/taskinfo?taskID=1234",
			Request: koji.Request{
				Package: "python3", NVR: "python3-3.14.0-1.fc44", Source: "git+https://src.example.com/python3#1",
				Scratch: koji.Some(false), Arch: "x86_64", Arches: []string{"x86_64"},
				Tag: ref(197, "f44-build"), Target: ref(0, "f44-candidate"), BuildID: 77,
			},
		},
		Build: &koji.Build{
			ID: 77, NVR: "python3-3.14.0-1.fc44", Name: "python3", Version: "3.14.0", Release: "1.fc44",
			Epoch: koji.Some[int64](0), State: koji.BuildComplete, Owner: ref(5, "alice"), Submitter: "carol",
			TaskID: 1200, Source: "git+https://src.example.com/python3#" + strings.Repeat("a", 40),
			Draft: koji.Some(false), Volume: "DEFAULT", CG: "osbs", Types: []string{"rpm", "image"},
			Tags: []string{"f44"}, Target: "f44-candidate",
			Created: at.Add(-time.Hour), Started: at.Add(-time.Hour), Ended: at,
			URL: "https://koji.example.com/koji/buildinfo?buildID=77",
		},
		Tag: ref(1, "f44-updates"), User: ref(5, "alice"), Package: ref(9, "python3"), Owner: ref(6, "bob"),
		Action: "add", ImportType: "rpm",
		Repo: &event.Repo{
			Repo: koji.Repo{
				ID: 12, Tag: ref(197, "f44-build"), TaskID: 99, Dist: koji.Some(false),
				URL: "https://koji.example.com/koji/repoinfo?repoID=12",
			},
			Expired: koji.Some(false),
		},
		RPM: &event.RPM{
			RPM: koji.RPM{
				ID: 8, Name: "python3", Version: "3.14.0", Release: "1.fc44",
				Epoch: koji.Some[int64](1), Arch: "x86_64",
			},
			SigKey: "abcd1234",
		},
		Estimate: &event.Estimate{
			StartsAt: at, CompletionAt: at.Add(time.Hour), Remaining: koji.Some(5 * time.Minute), Duration: koji.Some(12 * time.Minute),
			Low: koji.Some(10 * time.Minute), High: koji.Some(18*time.Minute + 20*time.Second), Samples: 5, Basis: "hub-average",
		},
		Enrichment: event.Enrichment{
			Status:  event.StatusPartial,
			Missing: []event.Gap{{Path: "task.owner.name", Reason: "the hub is offline"}},
		},
		Raw: []byte(`{"attribute":"state"}`),
	}
}

func TestFullEvent(t *testing.T) {
	var got bytes.Buffer
	if err := json.Indent(&got, full().AppendJSON(nil), "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	golden.Check(t, "testdata/full.json", got.String())
}

// TestExample checks that the example is unchanged after reading and writing it, so reader
// and writer handle every member.
func TestExample(t *testing.T) {
	var want bytes.Buffer
	if err := json.Compact(&want, []byte(event.Example())); err != nil {
		t.Fatal(err)
	}
	var e event.Event
	if err := e.UnmarshalJSON(want.Bytes()); err != nil {
		t.Fatal(err)
	}
	if got := e.AppendJSON(nil); !bytes.Equal(got, want.Bytes()) {
		t.Errorf("got\n%s\nwant\n%s", got, want.Bytes())
	}
}

// TestSchemaNamesEveryMember checks that the example and the published schema have the same
// members.
func TestSchemaNamesEveryMember(t *testing.T) {
	text, err := os.ReadFile("../docs/event.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]any
		Defs       map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	var e map[string]any
	if err := json.Unmarshal([]byte(event.Example()), &e); err != nil {
		t.Fatal(err)
	}
	sameNames(t, "event", e, schema.Properties)
	for name, def := range schema.Defs {
		if part, ok := e[name].(map[string]any); ok {
			sameNames(t, name, part, def.Properties)
		}
	}
}

func sameNames(t *testing.T, what string, got, want map[string]any) {
	t.Helper()
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s: %s is in the schema but not in the example", what, name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: %s is in the example but not in the schema", what, name)
		}
	}
}

func TestEmptyEvent(t *testing.T) {
	got := string((&event.Event{ID: "x", Type: event.Unknown, Dialect: event.NoDialect}).AppendJSON(nil))
	want := `{"schema":"kojiwatch.event/v1","id":"x","type":"Unknown","dialect":"unknown","enrichment":{"status":"none","missing":[]}}`
	if got != want {
		t.Errorf("got %s", got)
	}
}

// TestAnyText checks that any texts and numbers give one line of valid JSON that contains
// them.
func TestAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		weight := rapid.Float64().Draw(t, "weight")
		e := &event.Event{ID: "x", Summary: text, Task: &koji.Task{ID: 1, Method: text, Weight: koji.Some(weight)}}
		line := e.AppendJSON(nil)
		if bytes.IndexByte(line, '\n') >= 0 {
			t.Fatalf("more than one line: %q", line)
		}
		var back struct {
			Summary string
			Task    struct {
				Method string
				Weight *float64
			}
		}
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		if back.Summary != text || back.Task.Method != text {
			t.Fatalf("%q became %q", text, back.Summary)
		}
		if !math.IsInf(weight, 0) && !math.IsNaN(weight) && *back.Task.Weight != weight {
			t.Fatalf("%v became %v", weight, *back.Task.Weight)
		}
	})
}

// TestAnyTime checks that times are written as encoding/json writes them, in UTC and
// truncated to microseconds.
func TestAnyTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(-1e15, 2e17).Draw(t, "µs")).In(time.FixedZone("", 3600))
		var back struct {
			ReceivedAt time.Time `json:"received_at"`
		}
		line := (&event.Event{ID: "x", ReceivedAt: at}).AppendJSON(nil)
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		if !back.ReceivedAt.Equal(at) || !bytes.Contains(line, []byte(`Z"`)) {
			t.Fatalf("%v became %v: %s", at, back.ReceivedAt, line)
		}
	})
}

func TestKey(t *testing.T) {
	task := &event.Event{Task: &koji.Task{ID: 7}, Topic: "a"}
	same := &event.Event{Task: &koji.Task{ID: 7, Method: "build"}, Topic: "b"}
	build := &event.Event{Build: &koji.Build{ID: 7}}
	if task.Key() != same.Key() {
		t.Error("two events of one task have different keys")
	}
	if task.Key() == build.Key() {
		t.Error("task 7 and build 7 share a key")
	}
	tagged := &event.Event{Type: event.Tag, Build: &koji.Build{ID: 7}, Tag: koji.Ref{Name: "f44"}}
	if tagged.Key() != build.Key() {
		t.Error("the tagging and the states of a build have different keys")
	}
	for want, e := range map[string]*event.Event{
		"task 7": task, "build 7": build, "build bash-5.2-1": {Build: &koji.Build{NVR: "bash-5.2-1"}},
		"tag f44": {Tag: koji.Ref{Name: "f44"}}, "koji.odd": {Topic: "koji.odd"},
	} {
		if got := e.Key().String(); got != want {
			t.Errorf("a key reads %q, want %q", got, want)
		}
	}
}

func BenchmarkFullEvent(b *testing.B) {
	e := full()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = e.AppendJSON(buf[:0])
	}
}

// TestAppendParts checks that the JSON of a task or build alone is the same as in an event.
func TestAppendParts(t *testing.T) {
	e := event.Event{Task: &koji.Task{ID: 7, Method: "build", State: koji.TaskOpen}, Build: &koji.Build{ID: 9, NVR: "bash-5-1"}}
	got := string(e.AppendJSON(nil))
	for _, want := range []string{`"task":` + string(event.AppendTask(nil, e.Task)), `"build":` + string(event.AppendBuild(nil, e.Build))} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}
