package tracing

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.40.0"
	"go.opentelemetry.io/otel/trace"
)

// Options say where traces go.
type Options struct {
	// Endpoint is the URL that takes traces by OTLP over HTTP.
	Endpoint string
	// Authorization is the value of the header of that name, asked for at each request.
	// nil: there is none.
	Authorization func() (string, error)
	TLS           *tls.Config
	// OneIn keeps one trace in so many, unless the publisher of the message
	// has decided. 0 is 1: all.
	OneIn int
	// Version of the program.
	Version string
	// Exported is told how each request went and how many spans it had; nil: nobody is.
	// It must not block.
	Exported func(spans int, err error)
}

// scope is the instrumentation scope of the spans.
const scope = "github.com/kojiwatch/kojiwatch"

// Bounds of what waits to be sent. What is more is not sent, and holds up nothing.
const (
	maxWaiting = 4096 // spans
	maxRequest = 512  // spans
	maxText    = 256  // bytes of an attribute
	timeout    = 10 * time.Second
)

// Tracer makes traces. nil makes none.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	context  propagation.TraceContext
}

// New returns a tracer. It sends what it has every few seconds, and what it cannot send
// it forgets.
func New(ctx context.Context, o Options) (*Tracer, error) {
	if _, err := url.Parse(o.Endpoint); err != nil {
		return nil, fmt.Errorf("send traces: %w", err) // the exporter would go elsewhere
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: o.TLS, ForceAttemptHTTP2: true,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: timeout, MaxResponseHeaderBytes: 64 << 10,
	}
	exporter, err := otlptracehttp.New(ctx,
		otlptracehttp.WithEndpointURL(o.Endpoint), otlptracehttp.WithTimeout(timeout),
		otlptracehttp.WithHTTPClient(&http.Client{Transport: &authorized{transport, o.Authorization}, CheckRedirect: stay}),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}), // the next request is a try of its own
	)
	if err != nil {
		return nil, fmt.Errorf("send traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithHost(),
		resource.WithAttributes(semconv.ServiceName("kojiwatch"), semconv.ServiceVersion(o.Version)),
		resource.WithFromEnv(), // OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME
	)
	if err != nil {
		return nil, fmt.Errorf("describe this process for traces: %w", err)
	}
	return newTracer(&told{exporter, o.Exported}, about, max(1, o.OneIn)), nil
}

func newTracer(e sdk.SpanExporter, about *resource.Resource, oneIn int) *Tracer {
	provider := sdk.NewTracerProvider(
		sdk.WithBatcher(e, sdk.WithMaxQueueSize(maxWaiting), sdk.WithMaxExportBatchSize(maxRequest), sdk.WithExportTimeout(timeout)),
		sdk.WithResource(about),
		sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(1/float64(oneIn)))),
	)
	return &Tracer{provider: provider, tracer: provider.Tracer(scope)}
}

// Close sends what waits, until ctx ends.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last traces: %w", err)
	}
	return nil
}

// told is an exporter that reports its results.
type told struct {
	sdk.SpanExporter
	exported func(int, error)
}

// ExportSpans implements sdk.SpanExporter. It returns no error, which would go to a
// handler that all of the process shares.
func (t *told) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := t.SpanExporter.ExportSpans(ctx, spans)
	if t.exported != nil {
		t.exported(len(spans), err)
	}
	return nil
}

// stay follows no redirect, which would take the secret to another server.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// authorized puts a secret into requests, which may change.
type authorized struct {
	next  *http.Transport
	value func() (string, error)
}

// RoundTrip implements http.RoundTripper.
func (a *authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.value == nil {
		return a.next.RoundTrip(r)
	}
	value, err := a.value()
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", value)
	return a.next.RoundTrip(r)
}
