package daemon

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// TestStateOfASink: what keeps a sink from its work most is told first.
func TestStateOfASink(t *testing.T) {
	for name, test := range map[string]struct {
		stats   consumer.Stats
		refused error
		want    status.State
		reason  string
	}{
		"consuming":            {consumer.Stats{Connected: true}, nil, status.Consuming, ""},
		"failing":              {consumer.Stats{Connected: true, Failing: true}, nil, status.Failing, ""},
		"down":                 {consumer.Stats{Connected: true, Failing: true, SinkDown: true}, nil, status.Down, ""},
		"blocked":              {consumer.Stats{Connected: true, SinkDown: true, Blocked: "low on disk"}, nil, status.Blocked, "low on disk"},
		"disconnected":         {consumer.Stats{SinkDown: true, Failing: true}, nil, status.Disconnected, ""},
		"refused after reload": {consumer.Stats{}, errors.New("403\nand 404"), status.Refused, "403; and 404"},
	} {
		t.Run(name, func(t *testing.T) {
			state, reason := (&sinkPipeline{refused: test.refused}).state(&test.stats)
			if state != test.want || reason != test.reason {
				t.Errorf("got %s, %q; want %s, %q", state, reason, test.want, test.reason)
			}
		})
	}
}

// TestBrokerOfAllSinks names each broker once, and counts the sinks with a session.
func TestBrokerOfAllSinks(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var b status.Broker
	sumUp(&b, []status.Sink{
		{Broker: "a:5672", ConnectedSince: at}, {Broker: "b:5672", ConnectedSince: at.Add(time.Hour)},
		{Broker: "a:5672", ConnectedSince: at}, {Broker: "gone:5672"},
	})
	if !slices.Equal(b.Addresses, []string{"a:5672", "b:5672"}) || b.Connected != 3 || !b.ConnectedSince.Equal(at.Add(time.Hour)) {
		t.Errorf("got %+v", b)
	}
}
