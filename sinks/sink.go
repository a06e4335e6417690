// Package sinks defines what a sink is: the place where events leave
// kojiwatch for the world. Each sink has a sub-package of its own, and
// sinks/sinktest holds them all to the same contract.
package sinks

import (
	"context"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// Sink takes events out into the world.
//
// Implementations need not be safe for concurrent use unless they say so.
type Sink interface {
	// Send hands over events in their order and returns nil once the sink has
	// every one of them, for good: the messages behind them are acknowledged
	// then. Any error means that some may not have arrived, and that all of
	// them will be handed over again; an error made by Refuse means that they
	// never will be taken. Send keeps neither the slice nor the events.
	Send(ctx context.Context, events []*event.Event) error
	// Close lets go of what the sink holds. Nothing is sent after it.
	Close() error
}

// Refuse marks err as permanent: the sink will never take this event, however often
// it is tried. The reason is one or two words for a header or a metric.
func Refuse(reason string, err error) error { return delivery.Refuse(reason, err) }

// IsRefusal reports whether err is permanent, as one made by [Refuse] is.
func IsRefusal(err error) bool {
	_, ok := delivery.Reason(err)
	return ok
}

// Outage marks err as a failure of the sink as a whole, for no fault of the events
// that were sent: it does not count against them.
func Outage(err error) error { return delivery.Outage(err) }

// BatchError is the error of [Sink.Send] when the events of one batch fared
// differently. Errs belong to the events place by place; nil is one that the sink has.
// Rest is about those beyond the end of Errs together.
type BatchError = delivery.BatchError
