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
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// statuses returns a daemon without problems and one with a sink that fails.
func statuses() map[string]*status.Status {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	consuming := status.Sink{
		Name: "ci", State: status.Consuming, Backlog: &status.Count{At: at}, DeadLetters: &status.Count{At: at},
		LastDeliveryAt: at.Add(-time.Second), Patience: time.Minute,
	}
	failing := consuming
	failing.State = status.Disconnected
	failing.LastError = &status.Error{Text: "\x1b[31mrefused", Remedy: "start the server", At: at.Add(-5 * time.Minute)}
	all := map[string]*status.Status{}
	for name, sink := range map[string]status.Sink{"well": consuming, "ill": failing} {
		s := &status.Status{
			Format: status.Format, At: at, Version: "1.2.3", UptimeSeconds: 3600, StartedAt: at.Add(-time.Hour),
			Broker: status.Broker{Connected: 1, ConnectedSince: at.Add(-time.Hour)}, Sinks: []status.Sink{sink},
		}
		s.Judge()
		all[name] = s
	}
	return all
}

// TestStatus checks the output and the exit code for daemons in several states.
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
