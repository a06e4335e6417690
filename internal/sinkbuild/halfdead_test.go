package sinkbuild

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

// halfDead is a sink with a receiver behind a proxy that can freeze connections: they stay
// open, but carry no data.
type halfDead struct {
	sink     sinks.Sink
	proxy    *wire.Proxy
	protocol atomic.Int32 // of the last request
}

// newHalfDead starts a sink and its receiver, and opens the sink's connections.
func newHalfDead(t *testing.T, http2 bool, timeout time.Duration) *halfDead {
	t.Helper()
	h := &halfDead{}
	receiver := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		h.protocol.Store(int32(r.ProtoMajor))
		time.Sleep(10 * time.Millisecond) // so that requests sent at once overlap
	}))
	receiver.EnableHTTP2 = http2
	receiver.Config.ErrorLog = log.New(io.Discard, "", 0) // at the end handshakes fail
	ca, err := testca.New("receivers")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Server([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	authority, err := ca.WriteFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	receiver.TLS = &tls.Config{Certificates: []tls.Certificate{pair.TLS}}
	receiver.StartTLS()
	t.Cleanup(receiver.Close)
	if h.proxy, err = wire.Listen(receiver.Listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.proxy.Close)
	h.sink = sinkOf(t, fmt.Sprintf("type: webhook\nurl: %q\nin_flight: 4\nrequest_timeout: %s\nhttp_tls: {ca_file: %q}",
		h.proxy.URL(receiver.URL), timeout, authority))
	if failed := h.sendAtOnce(t, 4); failed > 0 {
		t.Fatalf("%d requests failed over a good network", failed)
	}
	want := int32(1)
	if http2 {
		want = 2
	}
	if got := h.protocol.Load(); got != want {
		t.Fatalf("the receiver speaks HTTP/%d, want HTTP/%d", got, want)
	}
	return h
}

// sendAtOnce sends n events at once, and returns how many fail.
func (h *halfDead) sendAtOnce(t *testing.T, n int) int {
	var all sync.WaitGroup
	var failed atomic.Int32
	for i := range n {
		all.Go(func() {
			if h.sink.Send(t.Context(), sinktest.Events(i, 1)) != nil {
				failed.Add(1)
			}
		})
	}
	all.Wait()
	return int(failed.Load())
}

// TestHalfDeadConnection checks that after a sink's connections have died silently, the
// requests in flight time out, and later ones arrive.
func TestHalfDeadConnection(t *testing.T) {
	t.Parallel()
	for _, http2 := range []bool{false, true} {
		for _, atOnce := range []int{1, 4} {
			t.Run(fmt.Sprintf("http2 %t, %d at once", http2, atOnce), func(t *testing.T) {
				t.Parallel()
				h := newHalfDead(t, http2, time.Second)
				h.proxy.Freeze()
				if failed := h.sendAtOnce(t, atOnce); failed != atOnce {
					t.Fatalf("%d of %d requests failed on connections that carry nothing", failed, atOnce)
				}
				for range 10 {
					if failed := h.sendAtOnce(t, atOnce); failed > 0 {
						t.Errorf("%d of %d later requests failed", failed, atOnce)
					}
				}
			})
		}
	}
}

// TestDeadConnectionIsFoundOut checks that a connection that does not answer pings is closed
// long before a request on it times out.
func TestDeadConnectionIsFoundOut(t *testing.T) {
	t.Parallel()
	h := newHalfDead(t, true, 20*time.Second)
	h.proxy.Freeze()
	began := time.Now()
	if failed, took := h.sendAtOnce(t, 1), time.Since(began); failed != 1 || took > 15*time.Second {
		t.Errorf("%d failed, after %s", failed, took)
	}
	if failed := h.sendAtOnce(t, 1); failed > 0 {
		t.Error("the next request failed, too")
	}
}
