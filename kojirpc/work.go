package kojirpc

import (
	"context"
	"sync"
)

// work counts what is under way, so that it can be waited for.
type work struct {
	mu     sync.Mutex
	n      int
	closed bool
	shut   chan struct{} // closed when nothing new begins any more
	idle   chan struct{} // closed when moreover nothing is under way
}

func newWork() *work {
	return &work{shut: make(chan struct{}), idle: make(chan struct{})}
}

// begin reports whether something may begin; if so, end follows.
func (w *work) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.n++
	return true
}

func (w *work) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n--
	if w.n == 0 && w.closed {
		close(w.idle)
	}
}

// close lets nothing new begin.
func (w *work) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.closed = true
	close(w.shut)
	if w.n == 0 {
		close(w.idle)
	}
}

// closing is closed by close.
func (w *work) closing() <-chan struct{} { return w.shut }

// wait waits until nothing is under way, after close.
func (w *work) wait(ctx context.Context) error {
	select {
	case <-w.idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
