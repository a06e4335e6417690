package pipeline

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// pickySink refuses events about one task for now, and turns away those about another.
type pickySink struct {
	got       []string
	refuses   int64
	turnsAway int64
}

func (s *pickySink) Wants(e *event.Event) bool { return e.Task.ID != s.turnsAway }

func (s *pickySink) Send(_ context.Context, events []*event.Event) error {
	errs := make([]error, len(events))
	for i, e := range events {
		if e.Task.ID == s.refuses {
			errs[i] = errors.New("not now")
			continue
		}
		s.got = append(s.got, e.ID)
	}
	return &sinks.BatchError{Errs: errs}
}

func (*pickySink) Close() error { return nil }

func closed(id string, task int64, origin string) *event.Event {
	now := time.Now()
	return &event.Event{ID: id, Type: event.TaskStateChange, New: "CLOSED", Origin: origin, ReceivedAt: now, Task: &koji.Task{ID: task, Ended: now}}
}

func remembering(t *testing.T, sink sinks.Sink) *Remembering {
	t.Helper()
	memory, err := facts.Open(t.TempDir(), "out", time.Hour, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = memory.Close() })
	return NewRemembering(sink, memory, func(err error) {
		if err != nil {
			t.Error(err)
		}
	})
}

// TestRemembersWhatArrived: what the sink has is not sent again, what it refused for now
// is, and the answers are those about the whole batch.
func TestRemembersWhatArrived(t *testing.T) {
	sink := &pickySink{refuses: 2}
	s := remembering(t, sink)
	batch := []*event.Event{closed("a", 1, ""), closed("again", 1, event.Reconciled), closed("b", 2, ""), closed("c", 3, "")}
	err := s.Send(t.Context(), batch)
	each, ok := errors.AsType[*sinks.BatchError](err)
	if !ok || len(each.Errs) != 4 || each.Errs[0] != nil || each.Errs[1] != nil || each.Errs[2] == nil || each.Errs[3] != nil {
		t.Fatalf("got %v", err)
	}
	sink.refuses = 0
	for _, e := range []*event.Event{closed("b again", 2, event.Reconciled), closed("c again", 3, event.Reconciled)} {
		_ = s.Send(t.Context(), []*event.Event{e})
	}
	if want := "a c b again"; strings.Join(sink.got, " ") != want {
		t.Errorf("the sink got %q, want %q", strings.Join(sink.got, " "), want)
	}
}

// TestRemembersDeadLetters: a repair does not send again what the sink has refused.
func TestRemembersDeadLetters(t *testing.T) {
	sink := &pickySink{}
	s := remembering(t, sink)
	h := New(nil, nil, s)
	h.ObserveDeadLetter(&PendingEvent{Record: event.Record{Event: *closed("a", 1, "")}}, "refused", errors.New("no"))
	if err := s.Send(t.Context(), []*event.Event{closed("a again", 1, event.Reconciled)}); err != nil || len(sink.got) > 0 {
		t.Errorf("the sink got %q, %v", sink.got, err)
	}
}

// TestRemembersWhatItTurnedAway: a filter decides once about a fact.
func TestRemembersWhatItTurnedAway(t *testing.T) {
	s := remembering(t, &pickySink{turnsAway: 1})
	if s.Wants(closed("a", 1, "")) || s.Wants(closed("a again", 1, event.Reconciled)) || !s.Wants(closed("b", 2, "")) {
		t.Error("the filter was not asked, or its answer forgotten")
	}
	if s.Repeats() != 1 {
		t.Errorf("%d repeats, want 1", s.Repeats())
	}
}
