package event_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
)

// TestReadWhatWasWritten checks that every recorded event, and one with all members, is
// unchanged after reading and writing it.
func TestReadWhatWasWritten(t *testing.T) {
	files, err := filepath.Glob("../parse/testdata/golden/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no recorded events")
	}
	lines := [][]byte{full().AppendJSON(nil)}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			lines = append(lines, bytes.TrimSpace(line))
		}
	}
	for _, line := range lines {
		var e event.Event
		if err := e.UnmarshalJSON(line); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if got := e.AppendJSON(nil); !bytes.Equal(got, line) {
			t.Errorf("got\n%s\nwant\n%s", got, line)
		}
	}
}

func TestReadInvalid(t *testing.T) {
	for name, tt := range map[string]struct {
		text   string
		schema bool
	}{
		"a recording":    {`{"routing_key": "koji.task.closed", "body": {}}`, true},
		"another schema": {`{"schema":"kojiwatch.event/v2","id":"1"}`, true},
		"a wrong member": {`{"schema":"kojiwatch.event/v1","id":1}`, false},
		"no JSON":        {`{"schema"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := new(event.Event).UnmarshalJSON([]byte(tt.text))
			if err == nil || errors.Is(err, event.ErrSchema) != tt.schema {
				t.Errorf("got %v", err)
			}
		})
	}
}

// FuzzRead checks that the written form of whatever was read does not change when it is
// read and written again.
func FuzzRead(f *testing.F) {
	f.Add(full().AppendJSON(nil))
	f.Add([]byte(`{"schema":"kojiwatch.event/v1","task":{"started_at":"9999-12-31T23:59:59Z","weight":1e300}}`))
	f.Add([]byte(`{"schema":"kojiwatch.event/v1","received_at":"0001-01-01T00:00:00.0000001Z","estimate":{"low":1e300},"raw": {"a":
1}}`))
	f.Add([]byte(`{"schema":"kojiwatch.event/v1","received_at":"0000-01-01T00:00:00+01:00","task":{"created_at":"9999-12-31T23:59:59-01:00"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var once, twice event.Event
		if once.UnmarshalJSON(text) != nil {
			return
		}
		line := once.AppendJSON(nil)
		if err := twice.UnmarshalJSON(line); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if again := twice.AppendJSON(nil); !bytes.Equal(again, line) {
			t.Fatalf("%s became %s", line, again)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	line := full().AppendJSON(nil)
	b.ReportAllocs()
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if err := new(event.Event).UnmarshalJSON(line); err != nil {
			b.Fatal(err)
		}
	}
}
