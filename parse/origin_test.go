package parse_test

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

// TestOrigin checks that only an event made from data of the hub has an origin, and the time
// of the change instead of that of its message.
func TestOrigin(t *testing.T) {
	came := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	happened := "2026-11-30T10:00:00.25Z"
	for name, test := range map[string]struct {
		headers map[string]any
		origin  string
		at      string
	}{
		"of the broker":     {map[string]any{"sent-at": happened}, "", "2026-11-30T12:00:00Z"},
		"of the hub":        {map[string]any{"sent-at": happened, parse.HeaderOrigin: "reconciled"}, event.Reconciled, happened},
		"of nobody we know": {map[string]any{"sent-at": happened, parse.HeaderOrigin: "elsewhere"}, "", "2026-11-30T12:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := parse.New(parse.Options{}).Parse(&parse.Delivery{
				RoutingKey: "koji.build.tag", Headers: test.headers, ReceivedAt: came,
				Body: []byte(`{"tag":{"id":3,"name":"f31"},"build":{"build_id":71,"name":"zsh","version":"5","release":"2"}}`),
			})
			if err != nil {
				t.Fatal(err)
			}
			if at := e.ReceivedAt.Format(time.RFC3339Nano); e.Origin != test.origin || at != test.at {
				t.Errorf("got origin %q at %s, want %q at %s", e.Origin, at, test.origin, test.at)
			}
		})
	}
}
