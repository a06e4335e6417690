package pipeline

import (
	"context"
	"errors"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/tracing"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// Traces makes the traces of a sink's deliveries. The zero value makes none.
type Traces struct {
	Tracer *tracing.Tracer
	Sink   string
}

func (t *Traces) begin(d *consumer.Delivery) *tracing.DeliverySpan {
	if t.Tracer == nil {
		return nil
	}
	return t.Tracer.Begin(&tracing.Message{
		Sink: t.Sink, Queue: d.Queue, RoutingKey: d.RoutingKey, ID: d.MessageID, Size: len(d.Body),
		Received: d.ReceivedAt, Redelivered: d.Redelivered, Headers: d.Headers,
	})
}

func (t *Traces) about(j *PendingEvent) {
	if t.Tracer != nil {
		j.span.About(j.ID, string(j.Type), j.Key().String())
	}
}

// carry returns ctx with the traces of the events that are sent with it.
func (t *Traces) carry(ctx context.Context, batch []*PendingEvent) context.Context {
	if t.Tracer == nil {
		return ctx
	}
	spans := make([]*tracing.DeliverySpan, len(batch))
	for i, j := range batch {
		spans[i] = j.span
	}
	return tracing.With(ctx, spans)
}

// done ends the traces of the events that the sink has.
func (t *Traces) done(batch []*PendingEvent, err error) {
	if t.Tracer == nil {
		return
	}
	each, _ := errors.AsType[*sinks.BatchError](err)
	for i, j := range batch {
		if err == nil || each != nil && i < len(each.Errs) && each.Errs[i] == nil {
			j.span.End(tracing.Done, nil)
		}
	}
}

// tracedSink traces attempts to send.
type tracedSink struct {
	sinks.Sink
	name   string
	tracer *tracing.Tracer
}

// Traced traces what a sink sends. It returns the sink itself if nothing is traced.
func Traced(s sinks.Sink, name string, t *tracing.Tracer) sinks.Sink {
	if t == nil {
		return s
	}
	return &tracedSink{s, name, t}
}

// Send implements sinks.Sink.
func (s *tracedSink) Send(ctx context.Context, events []*event.Event) error {
	ctx, end := s.tracer.Send(ctx, s.name, len(events))
	err := s.Sink.Send(ctx, events)
	end(err)
	return err
}
