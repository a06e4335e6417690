package pipeline

import (
	"context"
	"sync/atomic"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// EventLimit ends the daemon after a number of events, counted over all sinks.
// The zero limit never ends it.
type EventLimit struct {
	left atomic.Int64
	stop context.CancelFunc
}

// NewEventLimit returns a limit that calls stop when it is reached; 0 is none.
func NewEventLimit(limit int, stop context.CancelFunc) *EventLimit {
	c := &EventLimit{stop: stop}
	c.left.Store(int64(limit))
	return c
}

// Count returns the sink, counting what is sent if there is a limit.
func (c *EventLimit) Count(s sinks.Sink) sinks.Sink {
	if c.left.Load() == 0 {
		return s
	}
	return &limitedSink{Sink: s, limit: c}
}

type limitedSink struct {
	sinks.Sink
	limit *EventLimit
}

// Send sends as many events as are left and then stops the daemon; those
// beyond the limit stay on the broker.
func (c *limitedSink) Send(ctx context.Context, events []*event.Event) error {
	n := int64(len(events))
	left := c.limit.left.Add(-n)
	take := max(0, n+min(0, left)) // those within the limit
	if take > 0 {
		if err := c.Sink.Send(ctx, events[:take]); err != nil {
			c.limit.left.Add(n)
			return err
		}
	}
	if left > 0 {
		return nil
	}
	c.limit.stop()
	if int(take) == len(events) {
		return nil
	}
	return &sinks.BatchError{Errs: LeftOver(len(events), int(take))}
}

// LeftOver returns the errors of a batch of which only the first events were sent.
func LeftOver(of, taken int) []error {
	errs := make([]error, of)
	for i := taken; i < of; i++ {
		errs[i] = context.Canceled
	}
	return errs
}
