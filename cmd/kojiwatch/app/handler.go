package app

import (
	"context"
	"hash/maphash"
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
}

func newHandler(parser *parse.Parser, enricher *enrich.Enricher, sink sinks.Sink) *handler {
	return &handler{parser: parser, enricher: enricher, sink: sink, seed: maphash.MakeSeed()}
}

// Parse implements consumer.Handler.
func (h *handler) Parse(d *consumer.Delivery) (*event.Event, error) {
	e, err := h.parser.Parse(&parse.Delivery{
		Exchange:   d.Exchange,
		RoutingKey: d.RoutingKey,
		Type:       d.Type,
		MessageID:  d.MessageID,
		Headers:    d.Headers,
		Body:       d.Body,
		ReceivedAt: d.ReceivedAt.Truncate(time.Microsecond),
	})
	if err != nil {
		return nil, err
	}
	h.enricher.Enrich(e)
	return e, nil
}

// Key implements consumer.Handler.
func (h *handler) Key(e *event.Event) uint64 { return maphash.Comparable(h.seed, e.Key()) }

// Deliver implements consumer.Handler.
func (h *handler) Deliver(ctx context.Context, batch []*event.Event) error {
	return h.sink.Send(ctx, batch)
}
