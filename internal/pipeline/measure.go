package pipeline

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// MeasuredHandler counts what is parsed.
type MeasuredHandler struct {
	*Handler
	Events *metrics.Events
}

// Parse implements consumer.Handler.
func (h *MeasuredHandler) Parse(d *consumer.Delivery) (*PendingEvent, error) {
	j, err := h.Handler.Parse(d)
	if err != nil {
		h.Events.Unparseable()
		return nil, err
	}
	h.Events.Parsed(j.Type)
	return j, nil
}

// MeasuredSink measures what is sent.
type MeasuredSink struct {
	sinks.Sink
	Events *metrics.Events
}

// Send implements sinks.Sink.
func (s *MeasuredSink) Send(ctx context.Context, events []*event.Event) error {
	began := time.Now()
	err := s.Sink.Send(ctx, events)
	s.Events.Sent(began, events, err)
	return err
}
