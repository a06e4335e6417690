package statustext

import (
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// statuses returns daemons in several states, by name.
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
		State:     &status.SharedState{Stream: "kojiwatch.state", Connected: true, Offset: 123456, LagSeconds: 0.2},
	}
	ill := *well
	ill.Broker = status.Broker{}
	ill.Hub, ill.Estimates = nil, nil
	ill.State = &status.SharedState{Stream: "kojiwatch.state", Offset: 4711, LagSeconds: 90, LastError: &status.Error{Text: "connection refused", Remedy: "start the broker", At: at}}
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

// TestLines checks that lines fit several widths, and compares those of one width with golden
// files.
func TestLines(t *testing.T) {
	for name, s := range statuses() {
		for _, width := range []int{60, 80, 120} {
			text := Lines(s, "127.0.0.1:9672", width, false)
			for line := range strings.Lines(text) {
				if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > width {
					t.Errorf("%s: %d characters of %d: %s", name, n, width, line)
				}
			}
			if strings.Contains(text, "\x1b") {
				t.Errorf("%s: an escape code reaches the terminal", name)
			}
			if width != 80 {
				continue
			}
			golden.Check(t, "testdata/"+name+".txt", text)
		}
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
