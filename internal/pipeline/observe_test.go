package pipeline

import (
	"context"
	"errors"
	"testing"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

// fickle is a sink that wants only some events, and fails at first.
type fickle struct {
	wants    bool
	failures int
}

func (s *fickle) Wants(*event.Event) bool { return s.wants }
func (s *fickle) Close() error            { return nil }
func (s *fickle) Send(context.Context, []*event.Event) error {
	if s.failures--; s.failures >= 0 {
		return errors.New("down")
	}
	return nil
}

// TestObserve: each event is observed once, however often it is sent, and also if the sink
// does not want it.
func TestObserve(t *testing.T) {
	for name, sink := range map[string]*fickle{
		"sent": {wants: true}, "sent again": {wants: true, failures: 3}, "filtered out": {},
	} {
		h := New(parse.New(parse.Options{}), enrich.New(enrich.Options{}), sink)
		observed := 0
		h.Observe = func(*event.Event) { observed++ }
		const deliveries = 3 // which use the same memory, one after the other
		for range deliveries {
			j, err := h.Parse(&consumer.Delivery{RoutingKey: "x", Body: []byte(`{}`)})
			if err != nil {
				t.Fatal(err)
			}
			if !h.Wanted(t.Context(), j) {
				continue
			}
			for h.Deliver(t.Context(), []*PendingEvent{j}) != nil {
			}
		}
		if observed != deliveries {
			t.Errorf("%s: observed %d times, want %d", name, observed, deliveries)
		}
	}
}
