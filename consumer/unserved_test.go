package consumer

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
)

// TestServing: a session is not served if messages wait for a minute and it is handed none,
// although it has nothing in hand and is not one that stands by.
func TestServing(t *testing.T) {
	began := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	type count struct {
		at, messages, consumers int
		delivered               int // the second of the last delivery; 0: there was none
		inHand                  bool
	}
	for name, test := range map[string]struct {
		single bool
		counts []count
		want   int // which of them tells; -1: none does
	}{
		"nothing waits":                {false, []count{{at: 15}, {at: 30}, {at: 90}, {at: 120}}, -1},
		"messages wait":                {false, []count{{at: 15, messages: 3}, {at: 60, messages: 3}, {at: 75, messages: 3}}, 2},
		"the broker forgot it":         {true, []count{{at: 15, messages: 3}, {at: 75, messages: 3}}, 1},
		"only once":                    {false, []count{{at: 15, messages: 3}, {at: 75, messages: 3}, {at: 135, messages: 3}}, 1},
		"other messages, now and then": {false, []count{{at: 15, messages: 3}, {at: 60, messages: 3, delivered: 50}, {at: 90, messages: 3, delivered: 85}, {at: 140, messages: 1, delivered: 130}}, -1},
		"none waited in between":       {false, []count{{at: 15, messages: 3}, {at: 60}, {at: 90, messages: 3}, {at: 140, messages: 3}}, -1},
		"the sink has not accepted":    {false, []count{{at: 15, messages: 3, inHand: true}, {at: 90, messages: 3, inHand: true}}, -1},
		"it stands by":                 {true, []count{{at: 15, messages: 3, consumers: 2}, {at: 90, messages: 3, consumers: 2}}, -1},
		"it was served, beside others": {true, []count{{at: 15, messages: 3, consumers: 2, delivered: 10}, {at: 75, messages: 3, consumers: 2, delivered: 10}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var last time.Time
			settler := settle.New(1, 10, new(atomic.Uint64))
			h := &serving{settler: settler, lastDelivery: func() time.Time { return last }, began: began, single: test.single, patience: time.Minute}
			got := -1
			for i, c := range test.counts {
				now := began.Add(time.Duration(c.at) * time.Second)
				if c.delivered > 0 {
					last = began.Add(time.Duration(c.delivered) * time.Second)
				}
				if c.inHand && settler.Open() == 0 {
					settler.Take(1, now)
				}
				if h.isUnserved(c.messages, c.consumers, now) {
					got = i
				}
			}
			if got != test.want {
				t.Errorf("count %d tells, want %d", got, test.want)
			}
		})
	}
}

// TestUnservedSessionEnds for a new one to begin, and what is in hand may be finished.
func TestUnservedSessionEnds(t *testing.T) {
	s := &session{settler: settle.New(1, 10, new(atomic.Uint64)), unserved: make(chan struct{})}
	close(s.unserved)
	why := s.watch(t.Context(), time.Hour)
	fail, ok := errors.AsType[*broker.Failure](why)
	if !ok || fail.Cause != broker.CauseUnserved || !alive(why) {
		t.Errorf("got %v", why)
	}
}
