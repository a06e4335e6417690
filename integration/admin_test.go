//go:build integration

package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// scraped has a daemon's metrics: the value of each series by its name and labels, as
// they are written.
type scraped map[string]float64

// sum returns the sum of a metric's series.
func (s scraped) sum(metric string) float64 {
	total := 0.0
	for series, v := range s {
		if name, _, _ := strings.Cut(series, "{"); name == metric {
			total += v
		}
	}
	return total
}

// ask requests a page of a daemon's admin listener with GET.
func ask(ctx context.Context, address, path string) (status int, text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return request(ctx, http.MethodGet, address, path)
}

// request sends a request to a daemon's admin listener.
func request(ctx context.Context, method, address, path string) (status int, text string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+address+path, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

func wantAnswer(t *testing.T, address, path string, status int, text string) {
	t.Helper()
	rig.Eventually(t, patience, func() error {
		gotStatus, gotText, err := ask(t.Context(), address, path)
		if err == nil && (gotStatus != status || !strings.Contains(gotText, text)) {
			err = fmt.Errorf("%s: got %d, %q; want %d, %q", path, gotStatus, gotText, status, text)
		}
		return err
	})
}

func scrape(t *testing.T, address string) scraped {
	t.Helper()
	status, text, err := ask(t.Context(), address, "/metrics")
	if err != nil || status != http.StatusOK {
		t.Fatalf("metrics: %d, %v", status, err)
	}
	s := scraped{}
	for line := range strings.Lines(text) {
		series, value, found := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(line, "#") || !found {
			continue
		}
		// This cannot parse labels that contain a space; the tests need none.
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			s[series] = v
		}
	}
	return s
}

// adminAddress waits until a daemon logs the address of its admin listener.
func adminAddress(t *testing.T, d *rig.Process) string {
	t.Helper()
	var entry struct{ Address string }
	line := d.WaitStderr(t, patience, "admin listener")
	if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Address == "" {
		t.Fatalf("no address in %s: %v", line, err)
	}
	return entry.Address
}

// observed returns a configuration with a hub, a cache and an admin listener.
func observed(t *testing.T, brokerURL, hubURL, listen string) string {
	t.Helper()
	config := durable(t, brokerURL)
	f, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(f, "hub: {server: %q}\ncache: {dir: %q}\nadmin: {listen: %q}\n", hubURL, filepath.Join(t.TempDir(), "names"), listen)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return config
}

// named reports whether some event has a task whose owner has a name.
func named(t *testing.T, d *rig.Process, name string) bool {
	t.Helper()
	type owned struct {
		Task struct{ Owner struct{ Name string } }
	}
	return slices.ContainsFunc(rig.Output[owned](t, d), func(e owned) bool { return e.Task.Owner.Name == name })
}

// TestObserved checks a daemon through its admin listener: its metrics, the hub's names in
// events, that it is alive but not ready without a broker, and that it recovers.
func TestObserved(t *testing.T) {
	const n = 300
	v := rig.Broker(t)
	link := rig.Proxy(t, v)
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
	d := rig.Daemon(t, "run", "--config", observed(t, link.URL(v.URL()), hub.URL, "127.0.0.1:0"))
	address := adminAddress(t, d)
	wantAnswer(t, address, "/healthz", 200, "alive")
	wantAnswer(t, address, "/readyz", 200, "ready")
	publish(t, v, recorded(t, n))
	arrived(t, n, d)
	empty(t, v, queue)

	s := scrape(t, address)
	for series, want := range map[string]float64{
		`kojiwatch_deliveries_total{sink="out"}`:                     n,
		`kojiwatch_settlements_total{sink="out",verdict="done"}`:     n,
		`kojiwatch_settlements_total{sink="out",verdict="dead"}`:     0,
		`kojiwatch_event_lag_seconds_count{sink="out"}`:              n,
		`kojiwatch_session_up{sink="out"}`:                           1,
		`kojiwatch_in_flight{sink="out"}`:                            0,
		`kojiwatch_hub_down`:                                         0,
		`kojiwatch_session_failures_total{cause="login",sink="out"}`: 0,
	} {
		if got, found := s[series]; !found || got != want {
			t.Errorf("%s: got %g, %v; want %g", series, got, found, want)
		}
	}
	if got := s.sum("kojiwatch_events_total"); got != n {
		t.Errorf("%g events by type, want %d", got, n)
	}
	if got := s[`kojiwatch_last_delivery_timestamp_seconds{sink="out"}`]; time.Since(time.UnixMilli(int64(got*1e3))) > patience {
		t.Errorf("the last delivery was at %g", got)
	}

	if s["kojiwatch_hub_calls_total"] == 0 || s.sum("kojiwatch_name_results_total") == 0 {
		t.Errorf("%g calls of the hub, %g questions for names; want some", s["kojiwatch_hub_calls_total"], s.sum("kojiwatch_name_results_total"))
	}
	if !named(t, d, "alice") {
		t.Error("no event names alice, whose tasks come by number")
	}

	wantHealth(t, 0, "alive\n", "--admin", address)
	wantHealth(t, 0, "ready\n", "--admin", address, "--ready")
	link.Refuse()
	link.Cut(wire.Reset)
	wantAnswer(t, address, "/readyz", 503, "sink out: no session with the broker")
	wantHealth(t, 0, "alive\n", "--admin", address)
	wantHealth(t, 1, "", "--admin", address, "--ready")
	wantAnswer(t, address, "/healthz", 200, "alive")
	if err := link.Admit(); err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, address, "/readyz", 200, "ready")
	s = scrape(t, address)
	if s[`kojiwatch_sessions_total{sink="out"}`] < 2 || s[`kojiwatch_session_failures_total{cause="connection_lost",sink="out"}`] < 1 {
		t.Errorf("an outage does not show: %v sessions, %v lost", s[`kojiwatch_sessions_total{sink="out"}`], s.sum("kojiwatch_session_failures_total"))
	}
	stop(t, d)
}

// wantHealth runs kojiwatch health and compares its exit code and output.
func wantHealth(t *testing.T, code int, text string, args ...string) {
	t.Helper()
	p := rig.Daemon(t, append([]string{"health"}, args...)...)
	got := p.WaitExit(t, patience)
	out, err := os.ReadFile(p.Stdout())
	if err != nil || got != code || string(out) != text {
		t.Errorf("health %v: exit code %d, %q, %v; want %d, %q", args, got, out, err, code, text)
	}
}
