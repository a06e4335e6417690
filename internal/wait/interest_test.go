package wait

import (
	"context"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

func TestInterestMatches(t *testing.T) {
	in := &Interest{}
	in.set([]*thing{{task: 1}, {build: 70, isBuild: true, ended: true}}, &Options{Tagged: "f44", InRepo: "f44-build"})
	for name, tt := range map[string]struct {
		e    event.Event
		want bool
	}{
		"task ends":          {event.Event{Type: event.TaskStateChange, New: "FAILED", Task: &koji.Task{ID: 1}}, true},
		"task begins":        {event.Event{Type: event.TaskStateChange, New: "OPEN", Task: &koji.Task{ID: 1}}, false},
		"another task":       {event.Event{Type: event.TaskStateChange, New: "CLOSED", Task: &koji.Task{ID: 2}}, false},
		"build ends":         {event.Event{Type: event.BuildStateChange, New: "COMPLETE", Build: &koji.Build{ID: 70}}, true},
		"tagged":             {event.Event{Type: event.Tag, Tag: koji.Ref{Name: "f44"}, Build: &koji.Build{ID: 70}}, true},
		"tagged elsewhere":   {event.Event{Type: event.Tag, Tag: koji.Ref{Name: "f43"}, Build: &koji.Build{ID: 70}}, false},
		"another is tagged":  {event.Event{Type: event.Tag, Tag: koji.Ref{Name: "f44"}, Build: &koji.Build{ID: 71}}, false},
		"repository":         {event.Event{Type: event.RepoDone, Tag: koji.Ref{Name: "f44-build"}}, true},
		"another repository": {event.Event{Type: event.RepoDone, Tag: koji.Ref{Name: "f43-build"}}, false},
	} {
		if got := in.Matches(&tt.e); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// told is a bus that has told all there is, and waits for ever.
type told struct{ waits int }

func (b *told) Wait(ctx context.Context, _ time.Duration) {
	b.waits++
	<-ctx.Done()
}

// TestEarly: what ends between the question what there is and the wait is not missed.
func TestEarly(t *testing.T) {
	w := newWorld(t, all(taskEnds("CLOSED"), buildEnds("COMPLETE")))
	in, bus := &Interest{}, &told{}
	for _, id := range []int64{2, 1} {
		if in.Matches(&event.Event{New: "CLOSED", Task: &koji.Task{ID: id}}) {
			t.Error("it matches before anything is known")
		}
	}
	if err := Run(t.Context(), w.api, Options{Words: []string{"1"}, Events: bus, Interest: in}); err != nil {
		t.Fatal(err)
	}
	if n := w.Stats().Requests; n != 2 || bus.waits != 0 {
		t.Errorf("%d requests, %d waits", n, bus.waits)
	}
}
