package app

import (
	"context"
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	amqp091 "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/tracing"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/amqp"
)

// openTraces is nil unless the configuration says where traces go.
func openTraces(ctx context.Context, c *config.Config, log zerolog.Logger, registry prometheus.Registerer) (*tracing.Tracer, error) {
	t := &c.Tracing
	if t.Endpoint == "" {
		return nil, nil
	}
	security, err := tlsConfig(&t.TLS, "tracing.tls")
	if err != nil {
		return nil, err
	}
	trouble := &trouble{
		log: log, begins: "traces cannot be sent; those of meanwhile are lost, and events go on",
		ends: "traces are sent again",
	}
	counts := metrics.NewTraces(registry)
	o := tracing.Options{
		Endpoint: t.Endpoint, TLS: security, OneIn: t.OneIn, Version: release(),
		Exported: func(spans int, err error) {
			counts.Exported(spans, err)
			trouble.note(err)
		},
	}
	if t.Authorization.IsSet() {
		o.Authorization = t.Authorization.Reveal
	}
	return tracing.New(ctx, o)
}

// closeTraces sends the last traces, for no longer than the rest of an ending may take.
func closeTraces(ctx context.Context, t *tracing.Tracer) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastGrace)
	defer cancel()
	return t.Close(ctx)
}

// traces makes the traces of a sink's deliveries. The zero value makes none.
type traces struct {
	*tracing.Tracer
	sink string
}

func (t *traces) begin(d *consumer.Delivery) *tracing.Trail {
	if t.Tracer == nil {
		return nil
	}
	return t.Begin(&tracing.Message{
		Sink: t.sink, Queue: d.Queue, RoutingKey: d.RoutingKey, ID: d.MessageID, Size: len(d.Body),
		Received: d.ReceivedAt, Redelivered: d.Redelivered, Headers: d.Headers,
	})
}

func (t *traces) about(j *job) {
	if t.Tracer != nil {
		j.trail.About(j.ID, string(j.Type), j.Key().String())
	}
}

// carry is ctx with the traces of what is sent under it.
func (t *traces) carry(ctx context.Context, batch []*job) context.Context {
	if t.Tracer == nil {
		return ctx
	}
	trails := make([]*tracing.Trail, len(batch))
	for i, j := range batch {
		trails[i] = j.trail
	}
	return tracing.With(ctx, trails)
}

// done ends the traces of those that the sink has.
func (t *traces) done(batch []*job, err error) {
	if t.Tracer == nil {
		return
	}
	each, _ := errors.AsType[*sinks.BatchError](err)
	for i, j := range batch {
		if err == nil || each != nil && i < len(each.Errs) && each.Errs[i] == nil {
			j.trail.End(tracing.Done, nil)
		}
	}
}

// tracedSink traces attempts to send.
type tracedSink struct {
	sinks.Sink
	name   string
	tracer *tracing.Tracer
}

// traced is the sink itself if nothing is traced.
func traced(s sinks.Sink, name string, t *tracing.Tracer) sinks.Sink {
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

// annotate is what puts the trace into requests; nil if there are no traces.
func annotate(t *tracing.Tracer) func(context.Context, http.Header) {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, h http.Header) { t.Inject(ctx, h.Set) }
}

// tracedPublisher puts the trace into messages.
type tracedPublisher struct {
	amqp.Publisher
	tracer *tracing.Tracer
}

// Publish implements amqp.Publisher.
func (p *tracedPublisher) Publish(ctx context.Context, messages []amqp.Message) []error {
	for i := range messages {
		p.tracer.InjectEvent(ctx, messages[i].MessageId, func(name, value string) {
			if messages[i].Headers == nil {
				messages[i].Headers = amqp091.Table{}
			}
			messages[i].Headers[name] = value
		})
	}
	return p.Publisher.Publish(ctx, messages)
}
