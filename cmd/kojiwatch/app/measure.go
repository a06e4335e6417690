package app

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// measuredHandler counts what is parsed.
type measuredHandler struct {
	*handler
	events *metrics.Events
}

// Parse implements consumer.Handler.
func (h *measuredHandler) Parse(d *consumer.Delivery) (*job, error) {
	j, err := h.handler.Parse(d)
	if err != nil {
		h.events.Unparseable()
		return nil, err
	}
	h.events.Parsed(j.Type)
	return j, nil
}

// measuredSink measures what is sent.
type measuredSink struct {
	sinks.Sink
	events *metrics.Events
}

// Send implements sinks.Sink.
func (s *measuredSink) Send(ctx context.Context, events []*event.Event) error {
	began := time.Now()
	err := s.Sink.Send(ctx, events)
	s.events.Sent(began, events, err)
	return err
}
