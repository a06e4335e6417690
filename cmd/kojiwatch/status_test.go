package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// statuses are daemons in some states, by name.
func statuses() map[string]*status.Status {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	reachable := true
	well := &status.Status{
		Format: status.Format, At: at, Version: "1.2.3", UptimeSeconds: 73 * 3600, StartedAt: at.Add(-73 * time.Hour),
		Broker: status.Broker{Addresses: []string{"rabbitmq.example.com:5671"}, Connected: 1, ConnectedSince: at.Add(-time.Hour)},
		Sinks: []status.Sink{{
			Name: "ci", Type: "webhook", State: status.Consuming, Backlog: &status.Count{At: at}, DeadLetters: &status.Count{At: at},
			Rate: 12.34, LastDeliveryAt: at.Add(-time.Second), Patience: time.Minute,
		}},
		Hub:       &status.Hub{Server: "https://koji.example.com/kojihub", CircuitBreaker: status.BreakerClosed, Reachable: &reachable},
		History:   &status.History{Kept: true, Learnt: 4711},
		Estimates: &status.Estimates{Following: 12, Scored: 2400, WithinInterval: 0.81, MedianError: 0.12},
	}
	ill := *well
	ill.Broker = status.Broker{}
	ill.Hub, ill.Estimates = nil, nil
	ill.Sinks = append([]status.Sink{{
		Name: strings.Repeat("long", 10), State: status.Disconnected, Dead: 3, Patience: time.Minute,
		LastError: &status.Error{Text: "\x1b[31mrefused " + strings.Repeat("by everybody ", 10) + strings.Repeat("x", 100), Remedy: "start the server, or correct its address", At: at.Add(-5 * time.Minute)},
	}}, well.Sinks...)
	starting := &status.Status{Format: status.Format, At: at, Version: "1.2.3"}
	for _, s := range []*status.Status{well, &ill, starting} {
		s.Judge()
	}
	return map[string]*status.Status{"well": well, "ill": &ill, "starting": starting}
}

// TestStatusText compares the lines with what they were, at several widths.
func TestStatusText(t *testing.T) {
	for name, s := range statuses() {
		for _, width := range []int{60, 80, 120} {
			var out bytes.Buffer
			if err := (&statusText{s, width, false}).write(&out, "127.0.0.1:9672"); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > width {
					t.Errorf("%s: %d characters of %d: %s", name, n, width, line)
				}
			}
			if strings.Contains(out.String(), "\x1b") {
				t.Errorf("%s: an escape code reaches the terminal", name)
			}
			if width != 80 {
				continue
			}
			golden.Check(t, "testdata/status/"+name+".txt", out.String())
		}
	}
}

// TestStatus asks daemons in several states, and has the exit code for each.
func TestStatus(t *testing.T) {
	answers := map[string]string{"old": "", "else": `{"format": "of something else"}`}
	for name, s := range statuses() {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		answers[name] = string(text)
	}
	answers["hidden"] = strings.Replace(answers["well"], "1.2.3", "1\u202e2\u009b3", 1)
	for name, test := range map[string]struct {
		json bool
		code int
		out  string
	}{
		"well":   {false, exitOK, "all is well"},
		"ill":    {false, exitFailure, "\\x1b[31mrefused"},
		"hidden": {true, exitOK, `1\u202e2\u009b3`},
		"old":    {false, exitRefused, ""},
		"else":   {true, exitRefused, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if answers[name] == "" {
					w.WriteHeader(http.StatusNotFound)
				}
				_, _ = io.WriteString(w, answers[name])
			}))
			defer server.Close()
			var out, stderr bytes.Buffer
			err := Status(t.Context(), cliutil.Streams{Out: &out}, StatusOptions{server.Listener.Addr().String(), test.json, time.Minute})
			if code := exitCode(err, &stderr); code != test.code || !strings.Contains(out.String(), test.out) || strings.ContainsAny(out.String(), "\x1b\u202e\u009b") {
				t.Errorf("got %d, %q, %s; want %d, %q", code, out.String(), stderr.String(), test.code, test.out)
			}
		})
	}
}

func TestStatusWithoutADaemon(t *testing.T) {
	err := Status(t.Context(), cliutil.Streams{Out: io.Discard}, StatusOptions{"127.0.0.1:1", false, time.Second})
	if !errors.As(err, new(*noDaemonError)) || exitCode(err, io.Discard) != exitRefused {
		t.Errorf("got %v", err)
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "one two": "one two", "twenty characters and more": "twenty characters|and more",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b": "aaaaaaaaaaaaaaaaaaaa|aaaaaaaaaa b",
	} {
		if got := strings.Join(fold(text, 20), "|"); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
