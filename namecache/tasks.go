package namecache

import "sync"

// tasks are the goroutines of a cache.
type tasks struct {
	mu     sync.Mutex
	n      int
	closed bool
	idle   chan struct{} // closed when closed and nothing runs
}

func newTasks() *tasks { return &tasks{idle: make(chan struct{})} }

// run runs f in a goroutine of its own, or, after close, at once: then it finds
// that there is nothing to do.
func (t *tasks) run(f func()) {
	t.mu.Lock()
	closed := t.closed
	if !closed {
		t.n++
	}
	t.mu.Unlock()
	if closed {
		f()
		return
	}
	go func() {
		defer t.end()
		f()
	}()
}

func (t *tasks) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if t.closed && t.n == 0 {
		close(t.idle)
	}
}

// close waits for all goroutines. The caller has told them to end.
func (t *tasks) close() {
	t.mu.Lock()
	if !t.closed {
		t.closed = true
		if t.n == 0 {
			close(t.idle)
		}
	}
	t.mu.Unlock()
	<-t.idle
}
