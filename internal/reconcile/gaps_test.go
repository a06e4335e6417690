package reconcile

import (
	"slices"
	"testing"

	"github.com/kojiwatch/kojiwatch/consumer"
)

// counted is a backlog that the broker counted at a time.
func counted(messages, seconds int) consumer.Depth {
	return consumer.Depth{Messages: messages, At: at(seconds)}
}

func TestGaps(t *testing.T) {
	type stats = consumer.Stats
	for name, test := range map[string]struct {
		looks []stats
		want  []Cause // at the last look
	}{
		"the first session":             {[]stats{{}, {Epoch: 1}}, nil},
		"the first makes the queue":     {[]stats{{}, {Epoch: 1, NewQueue: true}}, []Cause{CauseNewQueue}},
		"the same session":              {[]stats{{Epoch: 1, NewQueue: true}, {Epoch: 1, NewQueue: true}}, nil},
		"another session":               {[]stats{{Epoch: 1}, {Epoch: 2}}, []Cause{CauseSession}},
		"another session and queue":     {[]stats{{Epoch: 1}, {Epoch: 3, NewQueue: true}}, []Cause{CauseNewQueue}},
		"the backlog is worked off":     {[]stats{{Epoch: 1, Backlog: counted(50, 0)}, {Epoch: 1, Deliveries: 50, Backlog: counted(0, 15)}}, nil},
		"delivered before it was seen":  {[]stats{{Epoch: 1}, {Epoch: 1, Deliveries: 10, Backlog: counted(50, 1)}, {Epoch: 1, Deliveries: 40, Backlog: counted(10, 15)}}, nil},
		"more wait":                     {[]stats{{Epoch: 1, Backlog: counted(5, 0)}, {Epoch: 1, Backlog: counted(9, 15)}}, nil},
		"fewer wait, none was handed":   {[]stats{{Epoch: 1, Backlog: counted(5, 0)}, {Epoch: 1, Backlog: counted(0, 15)}}, []Cause{CausePurged}},
		"fewer wait than were handed":   {[]stats{{Epoch: 1, Deliveries: 3, Backlog: counted(9, 0)}, {Epoch: 1, Deliveries: 4, Backlog: counted(0, 15)}}, []Cause{CausePurged}},
		"not counted since":             {[]stats{{Epoch: 1, Backlog: counted(5, 0)}, {Epoch: 1, Backlog: counted(5, 0)}}, nil},
		"a stream dropped some":         {[]stats{{Epoch: 1}, {Epoch: 1, Missed: 3}}, []Cause{CauseDropped}},
		"it dropped no more":            {[]stats{{Epoch: 1, Missed: 3}, {Epoch: 1, Missed: 3}}, nil},
		"fewer wait in another session": {[]stats{{Epoch: 1, Backlog: counted(5, 0)}, {Epoch: 2, Backlog: counted(0, 15)}}, []Cause{CauseSession}},
	} {
		t.Run(name, func(t *testing.T) {
			var g gaps
			var got []Cause
			for _, s := range test.looks {
				got = g.see(&s)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestActive: a consumer beside others is active once the broker hands it messages.
func TestActive(t *testing.T) {
	var g gaps
	for i, look := range []struct {
		stats  consumer.Stats
		active bool
	}{
		{consumer.Stats{}, false},
		{consumer.Stats{Epoch: 1, Connected: true}, true},
		{consumer.Stats{Epoch: 2, Connected: true, OtherConsumers: 1, Deliveries: 7}, true}, // handed since the last look
		{consumer.Stats{Epoch: 3, Connected: true, OtherConsumers: 1, Deliveries: 7}, false},
		{consumer.Stats{Epoch: 3, Connected: true, OtherConsumers: 1, Deliveries: 8}, true},
		{consumer.Stats{Epoch: 3, OtherConsumers: 1, Deliveries: 8}, false},
	} {
		g.see(&look.stats)
		if g.active() != look.active {
			t.Errorf("look %d: active %t, want %t", i, g.active(), look.active)
		}
	}
}
