package sample_test

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/sample"
)

// TestEveryType checks that there is one event of each type, in order, with all the members
// that messages for people use.
func TestEveryType(t *testing.T) {
	events, err := sample.Events()
	if err != nil {
		t.Fatal(err)
	}
	types := event.Types()
	if len(events) != len(types) {
		t.Fatalf("%d events, %d types", len(events), len(types))
	}
	for i, e := range events {
		if e.Type != types[i] || e.ID == "" || e.Topic == "" || e.Summary == "" || e.ReceivedAt.IsZero() {
			t.Errorf("%s: %s", types[i], e.AppendJSON(nil))
		}
		if e.Dialect != event.Kojiwatch && e.Type != event.Unknown && e.URL == "" {
			t.Errorf("%s has no link", e.Type)
		}
	}
}
