package kojirpc

import (
	"context"
	"sync"
)

// callTracker counts calls under way, so that closing can wait for them.
type callTracker struct {
	mu     sync.Mutex
	n      int
	closed bool
	shut   chan struct{} // closed when nothing new begins any more
	idle   chan struct{} // closed when, besides, nothing is under way
}

func newCallTracker() *callTracker {
	return &callTracker{shut: make(chan struct{}), idle: make(chan struct{})}
}

// begin reports whether a call may begin; if so, end must follow.
func (t *callTracker) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.n++
	return true
}

func (t *callTracker) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if t.n == 0 && t.closed {
		close(t.idle)
	}
}

// close lets no further call begin.
func (t *callTracker) close() {
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

// closing returns a channel that close closes.
func (t *callTracker) closing() <-chan struct{} { return t.shut }

// wait waits, after close, until nothing is under way.
func (t *callTracker) wait(ctx context.Context) error {
	select {
	case <-t.idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
