package sinks

import (
	"context"
	"sync"
	"time"
)

// Pace keeps messages apart. Whoever waits holds events that nobody has
// acknowledged, so what comes meanwhile travels in the next message.
type Pace struct {
	interval time.Duration

	mu   sync.Mutex
	next time.Time
}

// NewPace keeps messages an interval apart at least; 0 is no bound.
func NewPace(interval time.Duration) *Pace { return &Pace{interval: interval} }

// Wait waits for its turn, or until ctx ends.
func (p *Pace) Wait(ctx context.Context) error {
	if p.interval <= 0 {
		return nil
	}
	p.mu.Lock()
	at := time.Now()
	if p.next.After(at) {
		at = p.next
	}
	p.next = at.Add(p.interval)
	p.mu.Unlock()
	t := time.NewTimer(time.Until(at))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
