package tracing_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/integration/rig/collector"
	"github.com/kojiwatch/kojiwatch/internal/tracing"
)

// told records the results of requests.
type told struct {
	mu    sync.Mutex
	spans int
	errs  []error
}

func (t *told) exported(spans int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spans += spans
	t.errs = append(t.errs, err)
}

// last returns the result of the last request, and the number of spans of all.
func (t *told) last() (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.errs) == 0 {
		return 0, errors.New("there was no request")
	}
	return t.spans, t.errs[len(t.errs)-1]
}

func open(t *testing.T, o tracing.Options) *tracing.Tracer {
	t.Helper()
	tracer, err := tracing.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return tracer
}

func TestCollectorGetsTraces(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var c collector.Collector
	server := httptest.NewTLSServer(&c)
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	var how told
	turn := 0
	tracer := open(t, tracing.Options{
		Endpoint: server.URL + collector.Path, TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, Version: "1.2.3",
		Authorization: func() (string, error) { turn++; return fmt.Sprintf("Bearer %d", turn), nil },
		Exported:      how.exported,
	})
	const n = 1000 // more than one request
	for range n {
		trail := tracer.Begin(&tracing.Message{Sink: "out", Queue: "events"})
		trail.End(tracing.Done, nil)
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	spans := c.Spans()
	if sent, err := how.last(); len(spans) != n || sent != n || err != nil {
		t.Fatalf("%d spans arrived, %d were sent, %v", len(spans), sent, err)
	}
	if s := spans[0]; s.Name != "process out" || s.Resource["service.name"] != "kojiwatch" || s.Resource["service.version"] != "1.2.3" || s.Resource["host.name"] == "" {
		t.Errorf("the first is %+v", s)
	}
	if got := c.Authorizations(); !slices.Equal(got[:2], []string{"Bearer 1", "Bearer 2"}) {
		t.Errorf("requests came with %q", got)
	}
}

// TestSecretStaysWithTheCollector checks that no redirect to another server is followed.
func TestSecretStaysWithTheCollector(t *testing.T) {
	var other collector.Collector
	elsewhere := httptest.NewServer(&other)
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL+collector.Path, http.StatusTemporaryRedirect))
	defer server.Close()
	var how told
	tracer := open(t, tracing.Options{
		Endpoint: server.URL + collector.Path, Exported: how.exported,
		Authorization: func() (string, error) { return "Bearer s3cret", nil },
	})
	tracer.Begin(&tracing.Message{Sink: "out"}).End(tracing.Done, nil)
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := how.last(); err == nil || len(other.Spans()) > 0 || len(other.Authorizations()) > 0 {
		t.Errorf("%v; the other got %q", err, other.Authorizations())
	}
}

func TestCollectorThatTakesNothing(t *testing.T) {
	var c collector.Collector
	c.Refuse(http.StatusServiceUnavailable)
	server := httptest.NewServer(&c)
	defer server.Close()
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hanging.CloseClientConnections()
	gone := httptest.NewServer(&c)
	gone.Close()
	for name, o := range map[string]tracing.Options{
		"503":                   {Endpoint: server.URL + collector.Path},
		"nobody there":          {Endpoint: gone.URL + collector.Path},
		"a secret that is lost": {Endpoint: server.URL + collector.Path, Authorization: func() (string, error) { return "", errors.New("no such file") }},
		"hangs":                 {Endpoint: hanging.URL + collector.Path},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var how told
			o.Exported = how.exported
			tracer := open(t, o)
			for range 20_000 { // more than the queue holds: End must not block
				tracer.Begin(&tracing.Message{Sink: "out"}).End(tracing.Done, nil)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_ = tracer.Close(ctx) // it cannot send the last ones, in time or at all
			if _, err := how.last(); err == nil {
				t.Error("no error was reported")
			}
		})
	}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	if _, err := tracing.New(t.Context(), tracing.Options{Endpoint: "http://a b/"}); err == nil || !strings.Contains(err.Error(), "send traces") {
		t.Errorf("the error is %v", err)
	}
}
