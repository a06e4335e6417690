package app

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// handler is the line from a delivery to a sink: parse, enrich, send. The
// daemon, replay and demo all run it.
type handler struct {
	parser   *parse.Parser
	enricher *enrich.Enricher
	sink     sinks.Sink
	seed     maphash.Seed
	// records are events whose sink has had them: they hold the next ones.
	records sync.Pool
}

func newHandler(parser *parse.Parser, enricher *enrich.Enricher, sink sinks.Sink) *handler {
	return &handler{
		parser: parser, enricher: enricher, sink: sink, seed: maphash.MakeSeed(),
		records: sync.Pool{New: func() any { return new(event.Record) }},
	}
}

// Parse implements consumer.Handler.
func (h *handler) Parse(d *consumer.Delivery) (*event.Record, error) {
	e := h.records.Get().(*event.Record)
	err := h.parser.ParseInto(e, &parse.Delivery{
		Exchange:   d.Exchange,
		RoutingKey: d.RoutingKey,
		Type:       d.Type,
		MessageID:  d.MessageID,
		Headers:    d.Headers,
		Body:       d.Body,
		ReceivedAt: d.ReceivedAt.Truncate(time.Microsecond),
	})
	if err != nil {
		h.records.Put(e)
		return nil, err
	}
	h.enricher.Enrich(&e.Event)
	return e, nil
}

// Key implements consumer.Handler.
func (h *handler) Key(e *event.Record) uint64 { return maphash.Comparable(h.seed, e.Key()) }

// Deliver implements consumer.Handler. A sink keeps nothing of the events it
// has been sent, so those that it has can hold others.
func (h *handler) Deliver(ctx context.Context, batch []*event.Record) error {
	events := make([]*event.Event, len(batch))
	for i, e := range batch {
		events[i] = &e.Event
	}
	if err := h.sink.Send(ctx, events); err != nil {
		return err
	}
	for _, e := range batch {
		h.records.Put(e)
	}
	return nil
}
