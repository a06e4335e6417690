// Package settletest has what tests of acknowledgements share.
package settletest

import (
	"slices"
	"sync"
)

// AckLog is a channel to the broker that only notes what is acknowledged.
type AckLog struct {
	mu   sync.Mutex
	acks []Ack
}

// Ack is one acknowledgement.
type Ack struct {
	Tag      uint64
	Multiple bool
}

// Ack notes an acknowledgement.
func (l *AckLog) Ack(tag uint64, multiple bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acks = append(l.acks, Ack{tag, multiple})
	return nil
}

// All returns what was acknowledged, in order.
func (l *AckLog) All() []Ack {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.acks)
}
