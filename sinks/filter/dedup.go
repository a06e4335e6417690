package filter

import (
	"sync"
	"time"
)

// Window remembers the ids of events for a while, to tell those that come again.
// Koji's own plugin gives the messages of a build that was tagged, untagged and
// tagged again one id, so a window has to be short. It is safe for concurrent
// use.
type Window struct {
	size int
	span time.Duration

	mu    sync.Mutex
	seen  map[string]time.Time
	order []string // a ring, oldest at next
	next  int
}

// NewWindow returns a window that remembers the last size ids, none of them
// longer than span.
func NewWindow(size int, span time.Duration) *Window {
	return &Window{size: size, span: span, seen: make(map[string]time.Time)}
}

// Has reports whether an id was remembered within the window.
func (w *Window) Has(id string, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok := w.seen[id]
	return ok && now.Sub(at) < w.span
}

// Remember notes an id whose event has arrived. Before that it would be wrong:
// an event that did not arrive comes again with the same id.
func (w *Window) Remember(id string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.seen[id]; known {
		w.seen[id] = now
		return
	}
	w.seen[id] = now
	if len(w.order) < w.size {
		w.order = append(w.order, id)
		return
	}
	delete(w.seen, w.order[w.next])
	w.order[w.next] = id
	w.next = (w.next + 1) % w.size
}
