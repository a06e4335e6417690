package pipeline

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/filter"
)

// taker remembers what it was sent and answers as told.
type taker struct {
	ids    []string
	answer error
}

func (k *taker) Send(_ context.Context, events []*event.Event) error {
	for _, e := range events {
		k.ids = append(k.ids, e.ID)
	}
	return k.answer
}

func (k *taker) Close() error { return nil }

func filteredFor(t *testing.T, to *taker, keys config.Filter) *Filtered {
	t.Helper()
	s := config.NewSink("out", config.SinkLog)
	s.Filter = keys
	f, err := NewFiltered(config.Default(), &s, to)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func batchOf(ids ...string) []*event.Event {
	events := make([]*event.Event, len(ids))
	for i, id := range ids {
		events[i] = &event.Event{ID: id, Type: event.Tag}
		if id == "x" {
			events[i].Type = event.Untag
		}
	}
	return events
}

func TestFiltered(t *testing.T) {
	to := &taker{}
	f := filteredFor(t, to, config.Filter{Types: []string{"Tag"}})
	for _, ids := range [][]string{{"x"}, {"1", "x", "2", "x"}, {"x", "x"}} {
		if err := f.Send(t.Context(), batchOf(ids...)); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(to.ids, []string{"1", "2"}) {
		t.Errorf("the sink got %v", to.ids)
	}
	if n := f.Turned()[filter.KeyTypes]; n != 5 || f.Total() != 5 {
		t.Errorf("%d turned away, %d in all, want 5", n, f.Total())
	}
}

// An error about single events names the right ones behind the filter, too.
func TestFilteredErrors(t *testing.T) {
	bad := errors.New("no")
	to := &taker{answer: &sinks.BatchError{Errs: []error{nil, bad}}}
	f := filteredFor(t, to, config.Filter{Types: []string{"Tag"}})
	err := f.Send(t.Context(), batchOf("x", "1", "x", "2", "3", "x"))
	each, ok := errors.AsType[*sinks.BatchError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	want := []error{nil, nil, nil, bad}
	if !slices.Equal(each.Errs, want) || each.Rest != nil {
		t.Errorf("got %v and %v for the rest, want %v", each.Errs, each.Rest, want)
	}
	to.answer = bad
	if err := f.Send(t.Context(), batchOf("1")); !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
}

// What has not arrived is not remembered: it comes again with the same id.
func TestDedup(t *testing.T) {
	bad := errors.New("no")
	to := &taker{answer: bad}
	f := filteredFor(t, to, config.Filter{Dedup: config.Dedup{Window: time.Hour, Count: 100}})
	_ = f.Send(t.Context(), batchOf("1", "2"))
	to.answer = &sinks.BatchError{Errs: []error{nil, bad}}
	_ = f.Send(t.Context(), batchOf("1", "2"))
	to.answer = nil
	_ = f.Send(t.Context(), batchOf("1", "2", "2", "3"))
	if want := []string{"1", "2", "1", "2", "2", "3"}; !slices.Equal(to.ids, want) {
		t.Errorf("the sink got %v, want %v", to.ids, want)
	}
	if n := f.Turned()[filter.KeyDedup]; n != 2 {
		t.Errorf("%d turned away, want 2", n)
	}
}
