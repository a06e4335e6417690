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

// Options configure a [Tracer].
type Options struct {
	// Endpoint is the URL that accepts OTLP over HTTP.
	Endpoint string
	// Authorization, if not nil, is called for each request and returns the value of the
	// Authorization header.
	Authorization func() (string, error)
	TLS           *tls.Config
	// OneIn traces one delivery in this many, unless the publisher of the message has
	// decided. 0 means 1: all.
	OneIn int
	// Version of the program.
	Version string
	// Exported, if not nil, is called after each request with the number of its spans and its
	// result. It must not block.
	Exported func(spans int, err error)
}

// scope is the instrumentation scope of the spans.
const scope = "github.com/kojiwatch/kojiwatch"

// Bounds of the spans that wait to be sent. Further spans are dropped, so nothing blocks.
const (
	maxWaiting = 4096 // spans
	maxRequest = 512  // spans
	maxText    = 256  // bytes of an attribute
	timeout    = 10 * time.Second
)

// Tracer makes traces. A nil Tracer makes none.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	context  propagation.TraceContext
}

// New returns a tracer. It sends spans every few seconds, and drops those it cannot send.
func New(ctx context.Context, o Options) (*Tracer, error) {
	if _, err := url.Parse(o.Endpoint); err != nil {
		return nil, fmt.Errorf("send traces: %w", err) // the exporter would use its default
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: o.TLS, ForceAttemptHTTP2: true,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: timeout, MaxResponseHeaderBytes: 64 << 10,
	}
	exporter, err := otlptracehttp.New(ctx,
		otlptracehttp.WithEndpointURL(o.Endpoint), otlptracehttp.WithTimeout(timeout),
		otlptracehttp.WithHTTPClient(&http.Client{Transport: &authorized{transport, o.Authorization}, CheckRedirect: stay}),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}), // failed spans are dropped
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

// Close sends the remaining spans, until ctx ends.
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

// ExportSpans implements sdk.SpanExporter. It never returns an error, since the SDK would pass
// it to a global handler.
func (t *told) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := t.SpanExporter.ExportSpans(ctx, spans)
	if t.exported != nil {
		t.exported(len(spans), err)
	}
	return nil
}

// stay follows no redirects, which could send the secret to another server.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// authorized adds the Authorization header, whose value may change, to requests.
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
