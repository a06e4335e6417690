// Package tracker counts calls under way.
package tracker

import (
	"context"
	"sync"
)

// Tracker counts calls under way, so that a client can wait for them when it closes.
type Tracker struct {
	mu     sync.Mutex
	n      int
	closed bool
	shut   chan struct{} // closed by Close
	idle   chan struct{} // closed after Close, when no call is under way
}

// New returns a Tracker without calls.
func New() *Tracker {
	return &Tracker{shut: make(chan struct{}), idle: make(chan struct{})}
}

// Begin reports whether a call may begin; if so, the caller must call End.
func (t *Tracker) Begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.n++
	return true
}

// End ends a call.
func (t *Tracker) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if t.n == 0 && t.closed {
		close(t.idle)
	}
}

// Close prevents further calls from beginning.
func (t *Tracker) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.closed = true
	close(t.shut)
	if t.n == 0 {
		close(t.idle)
	}
}

// Closing returns a channel that Close closes.
func (t *Tracker) Closing() <-chan struct{} { return t.shut }

// Wait waits, after Close, until no call is under way.
func (t *Tracker) Wait(ctx context.Context) error {
	select {
	case <-t.idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
