// Package sinks defines the interface of sinks, which deliver events to other
// systems. Each sink has a package of its own below this one; sinks/sinktest tests
// them all against the same contract.
package sinks

import (
	"context"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// Sink delivers events.
//
// Implementations need not be safe for concurrent use unless they say so.
type Sink interface {
	// Send delivers events in order and returns nil once all of them have been
	// delivered: their messages are acknowledged then. After any error some events
	// may be missing, and all of them are sent again, unless the error was made by
	// Refuse, which means that they will never be accepted. Send must not retain
	// the slice or the events.
	Send(ctx context.Context, events []*event.Event) error
	// Close releases the sink's resources. Send is not called after it.
	Close() error
}

// Refuse marks err as permanent: the sink will never accept this event, so it must
// not be retried. The reason is one or two words for a header or a metric.
func Refuse(reason string, err error) error { return delivery.Refuse(reason, err) }

// IsRefusal reports whether err is permanent, as one made by [Refuse] is.
func IsRefusal(err error) bool {
	_, ok := delivery.Reason(err)
	return ok
}

// Outage marks err as a failure of the sink as a whole, not caused by the events
// that were sent: it does not count against their retry limit.
func Outage(err error) error { return delivery.Outage(err) }

// BatchError is returned by [Sink.Send] when the events of a batch had different
// results. Errs[i] is the result of event i, nil if it was delivered. Rest is the
// result of all events beyond the end of Errs.
type BatchError = delivery.BatchError
