//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// TestStatus checks the status of a daemon with a hanging receiver: the metrics, the page,
// the JSON and the command.
func TestStatus(t *testing.T) {
	t.Parallel()
	const n, prefetch = 60, 10
	open := make(chan struct{})
	release := sync.OnceFunc(func() { close(open) })
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-open:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(receiver.Close)
	t.Cleanup(release)
	v := rig.Broker(t)
	config := filepath.Join(t.TempDir(), "kojiwatch.yaml")
	text := fmt.Sprintf(`
broker: {url: %q}
state_dir: %q
admin: {listen: "127.0.0.1:0"}
sinks:
  - {name: ci, type: webhook, url: %q, prefetch: %d, in_flight: 1, queue: {name: %s, type: classic}}
`, v.URL(), t.TempDir(), receiver.URL, prefetch, queue)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d := rig.Daemon(t, "run", "--config", config)
	address := adminAddress(t, d)
	consuming(t, v)
	publish(t, v, recorded(t, n))
	// The broker is asked every 15 seconds.
	rig.Eventually(t, patience, func() error {
		if got := scrape(t, address)[`kojiwatch_queue_backlog_messages{sink="ci"}`]; got != n-prefetch {
			return fmt.Errorf("a backlog of %g, want %d", got, n-prefetch)
		}
		return nil
	})
	s, code := statusOf(t, address)
	if code != 0 || len(s.Problems) > 0 || len(s.Sinks) != 1 || len(s.Broker.Addresses) != 1 || s.Broker.ConnectedSince.IsZero() {
		t.Fatalf("exit code %d, %+v", code, s)
	}
	ci := s.Sinks[0]
	if ci.State != status.Consuming || ci.Backlog == nil || ci.Backlog.Messages != n-prefetch || ci.InFlight != prefetch || ci.Queue != queue || ci.DeadLetters == nil {
		t.Errorf("got %+v", ci)
	}
	wantAnswer(t, address, "/", http.StatusOK, "All is well")
	if strings.Contains(v.URL(), "@") && strings.Contains(fmt.Sprint(s.Broker.Addresses), "@") {
		t.Errorf("the broker's address contains the user: %v", s.Broker.Addresses)
	}
	release()
	empty(t, v, queue)
	receiver.Close()
	publish(t, v, recorded(t, 1))
	rig.Eventually(t, patience, func() error {
		s, code := statusOf(t, address)
		if code != 1 || len(s.Problems) != 1 || s.Problems[0].Remedy != "start the server, or correct its address" || s.Sinks[0].Rate == 0 {
			return fmt.Errorf("exit code %d, %+v", code, s)
		}
		return nil
	})
	terminate(t, d)
	d.WaitExit(t, patience)
	if _, code := statusOf(t, address); code != 3 {
		t.Errorf("exit code %d without a daemon", code)
	}
}

// statusOf returns the output of kojiwatch status.
func statusOf(t *testing.T, address string) (*status.Status, int) {
	t.Helper()
	p := rig.Daemon(t, "status", "--json", "--admin", address)
	code := p.WaitExit(t, patience)
	text, err := os.ReadFile(p.Stdout())
	if err != nil {
		t.Fatal(err)
	}
	s := &status.Status{}
	if code != 3 {
		if err := json.Unmarshal(text, s); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	return s, code
}
