package sinkbuild

import (
	"context"
	"net/http"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/internal/tracing"
	"github.com/kojiwatch/kojiwatch/sinks/amqp"
)

// annotate returns the function that adds the trace to the headers of requests, nil without
// tracing.
func annotate(t *tracing.Tracer) func(context.Context, http.Header) {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, h http.Header) { t.Inject(ctx, h.Set) }
}

// tracedPublisher adds the trace to the headers of messages.
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
