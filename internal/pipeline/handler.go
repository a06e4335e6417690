// Package pipeline takes deliveries to a sink: parse, enrich, filter, send. The daemon
// and all commands that show events run the same one.
package pipeline

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/tracing"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// Handler is the way from a delivery to a sink: parse, enrich, send. The
// daemon, replay and demo all run it.
type Handler struct {
	parser   parser
	enricher *enrich.Enricher
	sink     sinks.Sink
	seed     maphash.Seed
	Traces   Traces
	// Await, if not nil, is called with each event before it is enriched, and may wait until
	// its estimate is known.
	Await func(ctx context.Context, e *event.Event)
	// Observe, if not nil, is called with each event when all is known of it, before the
	// sink's filter. It must not wait, and keeps nothing of the event.
	Observe func(*event.Event)
	// free holds events that have been sent, for new ones to use their memory.
	free sync.Pool
}

// parser makes events of deliveries.
type parser interface {
	ParseInto(r *event.Record, d *parse.Delivery) error
}

// PendingEvent is an event on its way to the sink. It is enriched in two steps: what it lacks is asked
// for when it is parsed and waited for before it is sent.
type PendingEvent struct {
	event.Record
	delivery parse.Delivery // while it is parsed
	pending  enrich.Pending
	span     *tracing.DeliverySpan
	observed bool
}

// New returns the handler that takes deliveries through parser and enricher to a sink.
func New(parser parser, enricher *enrich.Enricher, sink sinks.Sink) *Handler {
	return &Handler{
		parser: parser, enricher: enricher, sink: sink, seed: maphash.MakeSeed(),
		free: sync.Pool{New: func() any { return new(PendingEvent) }},
	}
}

// Parse implements consumer.Handler.
func (h *Handler) Parse(d *consumer.Delivery) (*PendingEvent, error) {
	j := h.free.Get().(*PendingEvent)
	j.span, j.observed = h.Traces.begin(d), false
	parsed := j.span.Step("parse")
	j.delivery = toParse(d)
	err := h.parser.ParseInto(&j.Record, &j.delivery)
	j.delivery = parse.Delivery{}
	parsed(err)
	if err != nil {
		j.span.End(tracing.Dead, err)
		h.free.Put(j)
		return nil, err
	}
	h.Traces.about(j)
	if s, ok := h.sink.(FailureSeeker); ok && s.WantsFailures() {
		j.pending = h.enricher.BeginWithFailure(&j.Event)
	} else {
		j.pending = h.enricher.Begin(&j.Event)
	}
	return j, nil
}

// FailureSeeker is implemented by sinks that may want to know why things failed.
type FailureSeeker interface {
	WantsFailures() bool
}

// ParseDelivery converts a delivery for the parser.
func ParseDelivery(d *consumer.Delivery) *parse.Delivery {
	p := toParse(d)
	return &p
}

func toParse(d *consumer.Delivery) parse.Delivery {
	return parse.Delivery{
		Exchange:   d.Exchange,
		RoutingKey: d.RoutingKey,
		Type:       d.Type,
		MessageID:  d.MessageID,
		Headers:    d.Headers,
		Body:       d.Body,
		ReceivedAt: d.ReceivedAt.Truncate(time.Microsecond),
	}
}

// Key implements consumer.Handler.
func (h *Handler) Key(j *PendingEvent) uint64 { return maphash.Comparable(h.seed, j.Key()) }

// EventFilter is implemented by sinks that filter events.
type EventFilter interface {
	Wants(e *event.Event) bool
}

// Wanted implements consumer.Prefilter: what a sink's filter turns away takes no room
// among what waits to be sent together.
func (h *Handler) Wanted(ctx context.Context, j *PendingEvent) bool {
	c, ok := h.sink.(EventFilter)
	if !ok {
		return true
	}
	if err := h.finish(ctx, j); err != nil {
		return true // Deliver will see it too
	}
	wanted := c.Wants(&j.Event)
	if !wanted {
		j.span.End(tracing.Filtered, nil)
		h.free.Put(j)
	}
	return wanted
}

// finish completes an event, which may be delivered again.
func (h *Handler) finish(ctx context.Context, j *PendingEvent) error {
	if h.Await != nil && !j.observed {
		h.Await(ctx, &j.Event)
	}
	if err := h.enricher.Finish(ctx, &j.Event, j.pending); err != nil {
		return err
	}
	j.pending = enrich.Pending{}
	if h.Observe != nil && !j.observed {
		j.observed = true
		h.Observe(&j.Event)
	}
	return nil
}

// refusalObserver is implemented by sinks that are told which events become dead letters.
type refusalObserver interface {
	ObserveRefused(e *event.Event)
}

// ObserveDeadLetter implements consumer.DeadLetterObserver.
func (h *Handler) ObserveDeadLetter(j *PendingEvent, _ string, err error) {
	if o, ok := h.sink.(refusalObserver); ok {
		o.ObserveRefused(&j.Event)
	}
	j.span.End(tracing.Dead, err)
}

// Deliver implements consumer.Handler. A sink keeps nothing of the events it
// has been sent, so those that it has can hold others.
func (h *Handler) Deliver(ctx context.Context, batch []*PendingEvent) error {
	events := make([]*event.Event, len(batch))
	for i, j := range batch {
		enriched := j.span.Step("enrich")
		err := h.finish(ctx, j)
		enriched(err)
		if err != nil {
			return err
		}
		events[i] = &j.Event
	}
	err := h.sink.Send(h.Traces.carry(ctx, batch), events)
	h.Traces.done(batch, err)
	if err != nil {
		return err
	}
	for _, j := range batch {
		h.free.Put(j)
	}
	return nil
}

// NewParser returns the parser of a sink.
func NewParser(c *config.Config, s *config.Sink) *parse.Parser {
	return parse.New(parse.Options{
		Instance: c.Instance, Raw: s.Raw, MaxBody: int(c.Limits.Body), MaxDepth: c.Limits.Depth,
	})
}
