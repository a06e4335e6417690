package pipeline

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// Remembering is a sink that remembers which facts it has got, and does not get those
// again that both a message and the hub tell. One that it does not get is done: its
// message is acknowledged.
type Remembering struct {
	sinks.Sink
	memory  *facts.Memory
	failed  func(error) // is told how writing to the memory goes
	repeats atomic.Uint64
}

// NewRemembering returns a sink with a memory. Failed is told each time how writing to it
// went.
func NewRemembering(sink sinks.Sink, memory *facts.Memory, failed func(error)) *Remembering {
	return &Remembering{Sink: sink, memory: memory, failed: failed}
}

// Repeats returns how many events were not sent because the sink had got what they tell.
func (s *Remembering) Repeats() uint64 { return s.repeats.Load() }

// Wants implements [EventFilter].
func (s *Remembering) Wants(e *event.Event) bool {
	if !s.batch().Take(e) {
		s.repeats.Add(1)
		return false
	}
	c, ok := s.Sink.(EventFilter)
	if !ok || c.Wants(e) {
		return true
	}
	s.failed(s.memory.Note([]*event.Event{e}, time.Now()))
	return false
}

// ObserveRefused remembers what became a dead letter: its fact was told, and its message is
// kept there.
func (s *Remembering) ObserveRefused(e *event.Event) {
	s.failed(s.memory.Note([]*event.Event{e}, time.Now()))
}

func (s *Remembering) batch() *facts.Batch {
	b, err := s.memory.Batch(time.Now())
	if err != nil {
		s.failed(err)
	}
	return b
}

// Send implements sinks.Sink.
func (s *Remembering) Send(ctx context.Context, events []*event.Event) error {
	kept, places := make([]*event.Event, 0, len(events)), make([]int, 0, len(events))
	batch := s.batch()
	for i, e := range events {
		if batch.Take(e) {
			kept, places = append(kept, e), append(places, i)
		}
	}
	if len(kept) == 0 {
		s.repeats.Add(uint64(len(events)))
		return nil
	}
	err := s.Sink.Send(ctx, kept)
	each, ok := errors.AsType[*sinks.BatchError](err)
	if accepted := acceptedOf(kept, each, err); len(accepted) > 0 {
		s.failed(s.memory.Note(accepted, time.Now()))
	}
	if ok {
		err = spread(each, places, len(events))
	}
	if err == nil {
		s.repeats.Add(uint64(len(events) - len(kept)))
	}
	return err
}

// acceptedOf returns those events of a batch that the sink has.
func acceptedOf(events []*event.Event, each *sinks.BatchError, err error) []*event.Event {
	switch {
	case err == nil:
		return events
	case each == nil:
		return nil
	}
	var accepted []*event.Event
	for i, e := range events {
		if i < len(each.Errs) && each.Errs[i] == nil {
			accepted = append(accepted, e)
		}
	}
	return accepted
}
