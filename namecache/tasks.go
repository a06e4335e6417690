package namecache

import "sync"

// tasks runs the goroutines of a cache.
type tasks struct {
	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

// run runs f in a goroutine. After close it calls f directly; f then returns immediately,
// because the cache is closed.
func (t *tasks) run(f func()) {
	t.mu.Lock()
	closed := t.closed
	if !closed {
		t.running.Go(f)
	}
	t.mu.Unlock()
	if closed {
		f()
	}
}

// close waits for all goroutines. The caller must have canceled their context.
func (t *tasks) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.running.Wait()
}
