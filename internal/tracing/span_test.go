package tracing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// kept returns a tracer, and a function that closes it and returns the spans it has sent.
func kept(t *testing.T, oneIn int) (*Tracer, func() tracetest.SpanStubs) {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	tracer := newTracer(&keeping{exporter}, resource.Empty(), oneIn)
	return tracer, func() tracetest.SpanStubs {
		t.Helper()
		if err := tracer.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		return exporter.GetSpans()
	}
}

// keeping is an exporter that keeps its spans when it is shut down.
type keeping struct{ *tracetest.InMemoryExporter }

func (*keeping) Shutdown(context.Context) error { return nil }

func named(t *testing.T, spans tracetest.SpanStubs, name string) tracetest.SpanStub {
	t.Helper()
	i := slices.IndexFunc(spans, func(s tracetest.SpanStub) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no span %q among %d", name, len(spans))
	}
	return spans[i]
}

func attributes(s *tracetest.SpanStub) map[string]string {
	all := map[string]string{}
	for _, a := range s.Attributes {
		all[string(a.Key)] = a.Value.String()
	}
	return all
}

func TestTraceOfADelivery(t *testing.T) {
	tracer, sent := kept(t, 1)
	received := time.Now().Add(-time.Second)
	trail := tracer.Begin(&Message{
		Sink: "hook", Queue: "events", RoutingKey: "koji.task.open", ID: "m1", Size: 7, Received: received, Redelivered: true,
	})
	trail.Step("parse")(nil)
	trail.About("e1", "TaskStateChange", "task 82")
	ctx, end := tracer.Send(With(t.Context(), []*DeliverySpan{trail}), "hook", 1)
	headers := map[string]string{}
	tracer.Inject(ctx, func(name, value string) { headers[name] = value })
	end(errors.New("500 Internal Server Error"))
	_, end = tracer.Send(With(t.Context(), []*DeliverySpan{trail}), "hook", 1)
	end(nil)
	trail.End(Done, nil)

	spans := sent()
	if len(spans) != 4 {
		t.Fatalf("%d spans, want the delivery, its parsing and two attempts", len(spans))
	}
	root := named(t, spans, "process hook")
	for _, s := range spans {
		if s.SpanContext.TraceID() != root.SpanContext.TraceID() {
			t.Errorf("%s is of another trace", s.Name)
		}
		if s.Name != root.Name && s.Parent.SpanID() != root.SpanContext.SpanID() {
			t.Errorf("%s is not below the delivery", s.Name)
		}
	}
	if !root.StartTime.Equal(received) || root.SpanKind != trace.SpanKindConsumer || root.Status.Code == codes.Error {
		t.Errorf("the delivery began at %v as %v with %v", root.StartTime, root.SpanKind, root.Status)
	}
	got := attributes(&root)
	for key, want := range map[string]string{
		"messaging.system": "rabbitmq", "messaging.destination.name": "events", "messaging.rabbitmq.destination.routing_key": "koji.task.open",
		"messaging.message.id": "m1", "messaging.message.body.size": "7", "kojiwatch.sink": "hook", "kojiwatch.redelivered": "true",
		"kojiwatch.event.id": "e1", "kojiwatch.event.type": "TaskStateChange", "kojiwatch.event.about": "task 82", "kojiwatch.settled": "done",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
	first := named(t, spans, "send hook")
	if first.Status.Code != codes.Error || first.Status.Description != "500 Internal Server Error" {
		t.Errorf("the first attempt ended with %+v", first.Status)
	}
	want := "00-" + root.SpanContext.TraceID().String() + "-" + first.SpanContext.SpanID().String() + "-01"
	if headers["traceparent"] != want {
		t.Errorf("traceparent is %q, want %q", headers["traceparent"], want)
	}
}

func TestGoesOnWithTheTraceOfAMessage(t *testing.T) {
	const theirs = "4bf92f3577b34da6a3ce929d0e0e4736"
	for name, c := range map[string]struct {
		headers map[string]any
		follows bool
		spans   int
	}{
		"traced":                    {map[string]any{"traceparent": "00-" + theirs + "-00f067aa0ba902b7-01"}, true, 1},
		"decided not to be traced":  {map[string]any{"traceparent": "00-" + theirs + "-00f067aa0ba902b7-00"}, true, 0},
		"no text":                   {map[string]any{"traceparent": 5}, false, 1},
		"no trace":                  {map[string]any{"traceparent": "garbage"}, false, 1},
		"longer than one can be":    {map[string]any{"traceparent": "00-" + theirs + "-00f067aa0ba902b7-01" + strings.Repeat("-", 1000)}, false, 1},
		"a message without headers": {nil, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, sent := kept(t, 1)
			tracer.Begin(&Message{Sink: "out", Headers: c.headers}).End(Done, nil)
			spans := sent()
			if len(spans) != c.spans {
				t.Fatalf("%d spans, want %d", len(spans), c.spans)
			}
			if len(spans) == 1 && (spans[0].SpanContext.TraceID().String() == theirs) != c.follows {
				t.Errorf("the trace is %s", spans[0].SpanContext.TraceID())
			}
		})
	}
}

func TestBatchLinksToDeliveries(t *testing.T) {
	tracer, sent := kept(t, 1)
	one, two := tracer.Begin(&Message{Sink: "out"}), tracer.Begin(&Message{Sink: "out"})
	_, end := tracer.Send(With(t.Context(), []*DeliverySpan{one, nil, two}), "out", 3)
	two.About("e2", "Tag", "tag f40")
	ctx := With(t.Context(), []*DeliverySpan{one, two})
	tracer.InjectEvent(ctx, "e2", func(_, value string) {
		if !strings.Contains(value, two.span.SpanContext().TraceID().String()) {
			t.Errorf("the event is part of %s", value)
		}
	})
	end(nil)
	one.End(Done, nil)
	two.End(Dead, errors.New("400 Bad Request"))
	spans := sent()
	batch := named(t, spans, "send out")
	if len(batch.Links) != 2 || batch.Parent.IsValid() || attributes(&batch)["messaging.batch.message_count"] != "3" {
		t.Errorf("the batch is %+v", batch)
	}
	for i, trail := range []*DeliverySpan{one, two} {
		if batch.Links[i].SpanContext.TraceID() != trail.span.SpanContext().TraceID() {
			t.Errorf("link %d leads elsewhere", i)
		}
	}
}

func TestOneInMany(t *testing.T) {
	const n = 3000
	tracer, sent := kept(t, 10)
	for range n {
		tracer.Begin(&Message{Sink: "out"}).End(Filtered, nil)
	}
	if got := len(sent()); got < n/20 || got > n/5 {
		t.Errorf("%d of %d are traced, want one in ten", got, n)
	}
}

func TestTextsAreBoundedAndValid(t *testing.T) {
	tracer, sent := kept(t, 1)
	trail := tracer.Begin(&Message{Sink: "out", ID: "\xff" + strings.Repeat("x", 10_000)})
	trail.End(Dead, errors.New(strings.Repeat("ü", 10_000)+"\x00"))
	root := sent()[0]
	for name, text := range map[string]string{"id": attributes(&root)["messaging.message.id"], "error": root.Status.Description} {
		if len(text) < maxText || len(text) > maxText+2 || strings.ToValidUTF8(text, "") != text {
			t.Errorf("the %s has %d bytes: %.20q…", name, len(text), text)
		}
	}
}

// TestOff checks that a nil Tracer does nothing and allocates nothing.
func TestOff(t *testing.T) {
	var tracer *Tracer
	ctx, cause := t.Context(), errors.New("x")
	if n := testing.AllocsPerRun(100, func() {
		trail := tracer.Begin(&Message{Sink: "out"})
		trail.Step("parse")(cause)
		trail.About("id", "Tag", "tag f40")
		_, end := tracer.Send(ctx, "out", 1)
		end(cause)
		trail.End(Dead, cause)
		tracer.Inject(ctx, func(string, string) { t.Error("a header was set") })
	}); n != 0 {
		t.Errorf("%g allocations, want none", n)
	}
	if err := tracer.Close(ctx); err != nil {
		t.Error(err)
	}
}
