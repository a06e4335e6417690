package admin

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// full returns a status with all members, and with names and errors that would be harmful if
// the page did not escape them.
func full() *status.Status {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	reachable := true
	s := &status.Status{
		Format: status.Format, At: at, Version: "1.2.3", StartedAt: at.Add(-73 * time.Hour), UptimeSeconds: 73 * 3600,
		Configuration: status.Configuration{File: "/etc/kojiwatch/kojiwatch.yaml"},
		Broker:        status.Broker{Addresses: []string{"rabbitmq.example.com:5671"}, Connected: 1, ConnectedSince: at.Add(-time.Hour)},
		Sinks: []status.Sink{
			{
				Name: "ci", Type: "webhook", State: status.Down, Queue: `<script>alert("queue")</script>`, Broker: "rabbitmq.example.com:5671",
				ConnectedSince: at.Add(-time.Hour), Backlog: &status.Count{Messages: 812, At: at}, DeadLetters: &status.Count{Messages: 3, At: at},
				InFlight: 64, OldestInFlightAt: at.Add(-12 * time.Minute), LastDeliveryAt: at.Add(-12 * time.Minute),
				Rate: 1.25, Done: 100, Dead: 3, Filtered: 40, Patience: 10 * time.Minute,
				LastError: &status.Error{Text: `500: </li><img src=x onerror="alert(1)">`, Remedy: "start the server, or correct its address", At: at.Add(-5 * time.Second)},
			},
			{
				Name: "log", Type: "log", State: status.Disconnected, Patience: time.Minute,
				LastError: &status.Error{Text: "connection refused", At: at.Add(-time.Minute)},
			},
			{
				Name: "archive", Type: "file", State: status.Consuming, Queue: "kojiwatch.archive", LastDeliveryAt: at, Patience: time.Minute,
				LastError: &status.Error{Text: "no space left on device", Remedy: "free space on that disk", At: at.Add(-50 * time.Hour)},
			},
		},
		Hub:       &status.Hub{Server: "https://koji.example.com/kojihub", CircuitBreaker: status.BreakerClosed, Reachable: &reachable, LoggedIn: true, Calls: 17},
		History:   &status.History{Kept: true, Learnt: 4711},
		Estimates: &status.Estimates{Following: 12, Scored: 2400, WithinInterval: 0.81, MedianError: 0.125},
	}
	s.Judge()
	return s
}

// answered is an answer of the listener.
type answered struct {
	code   int
	header http.Header
	text   string
}

// askFor requests a page from a listener.
func askFor(t *testing.T, o Options, method, path string) answered {
	t.Helper()
	s := start(t, o)
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.Addr()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{resp.StatusCode, resp.Header, string(text)}
}

// TestStatusAndPage compares the status and the page with golden files.
func TestStatusAndPage(t *testing.T) {
	for path, file := range map[string]string{"/": "testdata/page.html", "/api/status": "testdata/status.json"} {
		got := askFor(t, Options{Status: full, Profiles: true}, http.MethodGet, path)
		if got.code != http.StatusOK {
			t.Errorf("%s: got %d", path, got.code)
		}
		golden.Check(t, file, got.text)
	}
}

// TestThePageRunsNothing checks that untrusted text is escaped, and that the policy forbids
// everything but the style sheet.
func TestThePageRunsNothing(t *testing.T) {
	page := askFor(t, Options{Status: full}, http.MethodGet, "/")
	for _, harmful := range []string{"<script", "<img", "style=\"", "<style"} {
		if strings.Contains(page.text, harmful) {
			t.Errorf("the page has %s", harmful)
		}
	}
	if !strings.Contains(page.text, "&lt;script&gt;") {
		t.Error("the page does not name the queue")
	}
	for header, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":  "nosniff", "Content-Type": "text/html; charset=utf-8",
	} {
		if got := page.header.Get(header); got != want {
			t.Errorf("%s: got %s, want %s", header, got, want)
		}
	}
	style := askFor(t, Options{Status: full}, http.MethodGet, "/style.css")
	if style.header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(style.text, "color-scheme: light dark") {
		t.Errorf("the style is %+v", style)
	}
}

// TestOnlyReading checks that the pages only allow GET and HEAD.
func TestOnlyReading(t *testing.T) {
	for _, path := range []string{"/", "/api/status", "/style.css"} {
		for method, want := range map[string]int{http.MethodHead: 200, http.MethodPost: 405, http.MethodPut: 405, http.MethodDelete: 405} {
			if got := askFor(t, Options{Status: full}, method, path); got.code != want {
				t.Errorf("%s %s: got %d, want %d", method, path, got.code, want)
			}
		}
	}
}

// TestAskForTheStatus reads what the listener serves.
func TestAskForTheStatus(t *testing.T) {
	s := start(t, Options{Status: full, Metrics: prometheus.NewRegistry()})
	got, text, err := Status(t.Context(), s.Addr())
	if err != nil || len(got.Problems) != 3 || got.Sinks[0].Backlog.Messages != 812 || !strings.Contains(string(text), `"backlog"`) {
		t.Errorf("got %+v, %s, %v", got, text, err)
	}
}
