package log_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/log"
)

var _ sinks.Sink = (*log.Sink)(nil)

func TestEntries(t *testing.T) {
	var out bytes.Buffer
	s := log.New(zerolog.New(nil), &out)
	err := s.Send(t.Context(), []*event.Event{
		{
			ID: "1", Type: event.TaskStateChange, Old: "OPEN", New: "FAILED", Summary: "zsh build failed",
			Task: &koji.Task{ID: 7, Method: "build", Request: koji.Request{Package: "zsh"}},
		},
		{
			ID: "2", Type: event.BuildStateChange, New: "COMPLETE", Summary: "zsh-1-1 is complete",
			Build: &koji.Build{ID: 8, NVR: "zsh-1-1"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{
			"level": "warn", "message": "zsh build failed", "event_id": "1", "type": "TaskStateChange",
			"old": "OPEN", "new": "FAILED", "task_id": 7.0, "method": "build", "task_package": "zsh",
		},
		{
			"level": "info", "message": "zsh-1-1 is complete", "event_id": "2", "type": "BuildStateChange",
			"new": "COMPLETE", "build_id": 8.0, "nvr": "zsh-1-1",
		},
	}
	lines := json.NewDecoder(&out)
	for i, fields := range want {
		var got map[string]any
		if err := lines.Decode(&got); err != nil {
			t.Fatal(err)
		}
		for name, v := range fields {
			if got[name] != v {
				t.Errorf("entry %d: %s is %v, want %v", i, name, got[name], v)
			}
		}
	}
	if lines.More() {
		t.Error("more than one entry per event")
	}
}

// TestFailedWrite checks that a failed write is an error, so that the message is not
// acknowledged.
func TestFailedWrite(t *testing.T) {
	w := &full{}
	s := log.New(zerolog.New(nil), w)
	if err := s.Send(t.Context(), []*event.Event{{ID: "1"}}); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
	w.space = true
	if err := s.Send(t.Context(), []*event.Event{{ID: "1"}}); err != nil {
		t.Errorf("the error of the first write is still there: %v", err)
	}
}

var errFull = errors.New("no space left on device")

type full struct{ space bool }

func (f *full) Write(p []byte) (int, error) {
	if !f.space {
		return 0, errFull
	}
	return len(p), nil
}
