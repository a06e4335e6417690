//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// batches is a web server that accepts several events per request.
type batches struct {
	*httptest.Server
	// read decodes the events in a request's body.
	read func(body []byte) ([]out, error)

	mu    sync.Mutex
	got   [][]out // of each request
	sizes []int   // of each request, in bytes
}

func newBatches(t *testing.T, read func([]byte) ([]out, error)) *batches {
	t.Helper()
	b := &batches{read: read}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the connection broke
		}
		events, err := b.read(body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.got = append(b.got, events)
		b.sizes = append(b.sizes, len(body))
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *batches) all() []out {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Concat(b.got...)
}

func (b *batches) requests() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.got)
}

// TestBatches checks that requests collect events up to a number, size and age, and that
// order holds.
func TestBatches(t *testing.T) {
	const n, most, bytes = 1_000, 40, 20_000
	v := rig.Broker(t)
	b := newBatches(t, func(body []byte) (list []out, err error) { return list, json.Unmarshal(body, &list) })
	d := rig.Daemon(t, "run", "--config", webhookConfig(t, v.URL(), b.URL, fmt.Sprintf(
		"batch: %d\n    batch_bytes: %d\n    batch_age: 3s\n    in_flight: 4", most, bytes)))
	consuming(t, v)
	messages := recorded(t, n)
	publish(t, v, messages[:1])
	publish(t, v, messages[1:3])
	allIn(t, 3, b.all)
	if got := b.requests(); got != 1 {
		t.Errorf("three quick events came in %d requests", got)
	}
	publish(t, v, messages[3:])
	allIn(t, n, b.all)
	empty(t, v, queue)
	stop(t, d)
	ordered(t, b.all())
	full := 0
	for i, events := range b.got {
		if len(events) > most || b.sizes[i] > bytes {
			t.Errorf("a request of %d events and %d bytes", len(events), b.sizes[i])
		}
		if len(events) == most || b.sizes[i] > bytes/2 {
			full++
		}
	}
	if full < len(b.got)/2 {
		t.Errorf("%d of %d requests were full", full, len(b.got))
	}
	t.Logf("%d requests, %d full", len(b.got), full)
}

// TestDigest checks that events rejected by a chat's filter do not take up space in its
// messages or time between them.
func TestDigest(t *testing.T) {
	const n = 3_000
	v := rig.Broker(t)
	var counted atomic.Int64
	b := newBatches(t, func(body []byte) ([]out, error) {
		var m struct{ Text string }
		if err := json.Unmarshal(body, &m); err != nil {
			return nil, err
		}
		lines := strings.Split(m.Text, "\n")
		more := 0
		if _, err := fmt.Sscanf(lines[len(lines)-1], "and %d more like this", &more); err == nil {
			lines = lines[:len(lines)-1]
		}
		counted.Add(int64(len(lines) + more))
		return nil, nil
	})
	d := rig.Daemon(t, "run", "--config", sinkConfig(t, v.URL(), "slack", fmt.Sprintf(
		"url: %q\n    interval: 3s\n    when: id matches \"00$$$$\"", b.URL)))
	consuming(t, v)
	publish(t, v, recorded(t, n))
	rig.Eventually(t, patience, func() error {
		if got := counted.Load(); got < n/100 {
			return fmt.Errorf("%d of %d events in %d messages", got, n/100, b.requests())
		}
		return nil
	})
	empty(t, v, queue)
	if s := stop(t, d); s.Filtered != n-n/100 || s.Done != n/100 {
		t.Errorf("the daemon counted %+v", s)
	}
	if got := b.requests(); counted.Load() != n/100 || got > 4 {
		t.Errorf("%d events in %d messages", counted.Load(), got)
	}
}
