package tracing

import (
	"context"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.40.0"
	"go.opentelemetry.io/otel/trace"
)

// Message describes a delivery that is about to be processed.
type Message struct {
	Sink, Queue, RoutingKey, ID string
	Size                        int // bytes of the body
	Received                    time.Time
	Redelivered                 bool
	// Headers may contain the trace of the publisher, as traceparent and tracestate.
	Headers map[string]any
}

// DeliverySpan is the span of one delivery. It is nil if tracing is off.
type DeliverySpan struct {
	tracer *Tracer
	span   trace.Span
	id     string // of the event
}

// Begin starts the trace of a delivery, or continues that of its publisher.
func (t *Tracer) Begin(m *Message) *DeliverySpan {
	if t == nil {
		return nil
	}
	ctx := t.context.Extract(context.Background(), carrierOf(m.Headers))
	_, span := t.tracer.Start(ctx, "process "+m.Sink, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithTimestamp(m.Received))
	if span.IsRecording() {
		span.SetAttributes(m.attributes()...)
	}
	return &DeliverySpan{tracer: t, span: span}
}

func (m *Message) attributes() []attribute.KeyValue {
	list := []attribute.KeyValue{
		semconv.MessagingSystemRabbitMQ, semconv.MessagingOperationTypeProcess,
		semconv.MessagingDestinationName(m.Queue), semconv.MessagingMessageBodySize(m.Size),
	}
	list = text(list, semconv.MessagingRabbitMQDestinationRoutingKeyKey, m.RoutingKey)
	list = text(list, semconv.MessagingMessageIDKey, m.ID)
	list = text(list, "kojiwatch.sink", m.Sink)
	if m.Redelivered {
		list = append(list, attribute.Bool("kojiwatch.redelivered", true))
	}
	return list
}

// carrierOf returns the headers of a message that contain a trace.
func carrierOf(headers map[string]any) propagation.MapCarrier {
	carrier := propagation.MapCarrier{}
	for _, name := range (propagation.TraceContext{}).Fields() {
		if value, ok := headers[name].(string); ok && len(value) <= 2*maxText {
			carrier[name] = value
		}
	}
	return carrier
}

// About records the event of the delivery, and the object that the event is about.
func (t *DeliverySpan) About(id, kind, key string) {
	if t == nil {
		return
	}
	t.id = id
	if !t.span.IsRecording() {
		return
	}
	var list []attribute.KeyValue
	list = text(list, "kojiwatch.event.id", id)
	list = text(list, "kojiwatch.event.type", kind)
	list = text(list, "kojiwatch.event.about", key)
	t.span.SetAttributes(list...)
}

// Step starts a step of processing. The returned function ends it with its result.
func (t *DeliverySpan) Step(name string) func(err error) {
	if t == nil || !t.span.IsRecording() {
		return nothing
	}
	_, span := t.tracer.tracer.Start(trace.ContextWithSpan(context.Background(), t.span), name)
	return func(err error) { end(span, err) }
}

func nothing(error) {}

// How a delivery was settled.
const (
	Done     = "done"     // delivered, or rejected by the sink's filter
	Filtered = "filtered" // rejected before it became part of a batch
	Dead     = "dead"     // a dead letter
)

// End ends the span with how the delivery was settled.
func (t *DeliverySpan) End(settled string, err error) {
	if t == nil {
		return
	}
	t.span.SetAttributes(attribute.String("kojiwatch.settled", settled))
	end(t.span, err)
}

func end(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, clip(err.Error()))
	}
	span.End()
}

// text appends a text attribute unless the value is empty.
func text(list []attribute.KeyValue, key attribute.Key, value string) []attribute.KeyValue {
	if value == "" {
		return list
	}
	return append(list, key.String(clip(value)))
}

// clip returns valid UTF-8 of bounded length.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxText)], "\uFFFD") }

// With returns a context with the spans of the deliveries that are sent under it.
func With(ctx context.Context, trails []*DeliverySpan) context.Context {
	return context.WithValue(ctx, trailsKey{}, trails)
}

type trailsKey struct{}

// Send starts a span for an attempt to send n events to a sink, for the deliveries whose spans
// were added to ctx by [With]. The returned context has the new span, and the returned
// function ends it with its result. If there is only one delivery, the span is a child of the
// delivery's; otherwise it is a trace of its own with links to the deliveries' spans.
func (t *Tracer) Send(ctx context.Context, sink string, n int) (context.Context, func(err error)) {
	if t == nil {
		return ctx, nothing
	}
	options := []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("kojiwatch.sink", sink), semconv.MessagingBatchMessageCount(n)),
	}
	trails, _ := ctx.Value(trailsKey{}).([]*DeliverySpan)
	if len(trails) == 1 && trails[0] != nil {
		ctx = trace.ContextWithSpan(ctx, trails[0].span)
	} else {
		for _, one := range trails {
			if one != nil {
				options = append(options, trace.WithLinks(trace.Link{SpanContext: one.span.SpanContext()}))
			}
		}
	}
	ctx, span := t.tracer.Start(ctx, "send "+sink, options...)
	return ctx, func(err error) { end(span, err) }
}

// Inject sets the headers with which the receiver of a message or request continues the trace
// of ctx: traceparent and, if there is one, tracestate. A nil Tracer sets none.
func (t *Tracer) Inject(ctx context.Context, set func(name, value string)) {
	if t == nil {
		return
	}
	carrier := propagation.MapCarrier{}
	t.context.Inject(ctx, carrier)
	for name, value := range carrier {
		set(name, value)
	}
}

// InjectEvent is Inject for one of several events that are sent together. It uses the trace of
// the event's own delivery.
func (t *Tracer) InjectEvent(ctx context.Context, id string, set func(name, value string)) {
	if t == nil {
		return
	}
	trails, _ := ctx.Value(trailsKey{}).([]*DeliverySpan)
	if len(trails) > 1 {
		for _, one := range trails {
			if one != nil && one.id == id {
				ctx = trace.ContextWithSpan(ctx, one.span)
				break
			}
		}
	}
	t.Inject(ctx, set)
}
