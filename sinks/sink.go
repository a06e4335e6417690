// Package sinks defines what a sink is: the place where events leave
// kojiwatch for the world. Each sink has a sub-package of its own, and
// sinks/sinktest holds them all to the same contract.
package sinks

import (
	"context"

	"github.com/kojiwatch/kojiwatch/event"
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

// Refuse marks err as final: the sink will never take this event, however
// often it is tried. The reason is one or two words for a header or a metric.
func Refuse(reason string, err error) error { return &refusal{reason, err} }

type refusal struct {
	reason string
	err    error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// Permanent returns the reason of the refusal. The consumer knows a final
// error by this method.
func (r *refusal) Permanent() string { return r.reason }
