package consumer

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestAnOldCountIsNone: a broker that doesn't answer any more is no reason to go on saying
// what it said once.
func TestAnOldCountIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBacklog(&Options{BacklogPeriod: 15 * time.Second}, true)
		if b.depth(&b.own).Known() {
			t.Error("a count before any answer")
		}
		b.own.last.Store(&Depth{Messages: 7, At: time.Now()})
		time.Sleep(40 * time.Second)
		if d := b.depth(&b.own); d.Messages != 7 {
			t.Errorf("got %+v, want 7 messages", d)
		}
		time.Sleep(10 * time.Second)
		if d := b.depth(&b.own); d.Known() {
			t.Errorf("got %+v, which is old", d)
		}
	})
}

// TestAStreamHasNoBacklog: it keeps what was consumed.
func TestAStreamHasNoBacklog(t *testing.T) {
	for name, test := range map[string]struct {
		queue Queue
		want  bool
	}{
		"quorum":           {Queue{Type: "quorum"}, false},
		"unknown":          {Queue{}, false},
		"stream":           {Queue{Type: "stream"}, true},
		"stream, argument": {Queue{Arguments: map[string]any{"x-queue-type": "stream"}}, true},
	} {
		if got := newBacklog(&Options{Queue: test.queue}, false).own.uncountable; got != test.want {
			t.Errorf("%s: uncountable is %v", name, got)
		}
	}
}
