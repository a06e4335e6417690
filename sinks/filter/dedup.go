package filter

import (
	"container/list"
	"sync"
	"time"
)

// Window remembers the ids of recent events to detect duplicates. It should be short:
// Koji's own plugin uses the same id for the messages of a build that is tagged,
// untagged and tagged again. A Window is safe for concurrent use.
type Window struct {
	size int
	span time.Duration

	mu    sync.Mutex
	seen  map[string]*list.Element
	order list.List // of *sighting, the oldest first
}

// sighting is an id and when it was last remembered.
type sighting struct {
	id string
	at time.Time
}

// NewWindow returns a window that remembers the last size ids, each for at most span.
func NewWindow(size int, span time.Duration) *Window {
	return &Window{size: size, span: span, seen: make(map[string]*list.Element)}
}

// Has reports whether an id was remembered within the window.
func (w *Window) Has(id string, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, ok := w.seen[id]
	return ok && now.Sub(e.Value.(*sighting).at) < w.span
}

// Remember records the id of an event. It must be called only after the event has been
// delivered: an event that was not delivered comes again with the same id.
func (w *Window) Remember(id string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, known := w.seen[id]
	switch {
	case known:
		w.order.MoveToBack(e)
	case w.order.Len() < w.size:
		e = w.order.PushBack(new(sighting))
	default: // full: replace the oldest
		e = w.order.Front()
		w.order.MoveToBack(e)
		delete(w.seen, e.Value.(*sighting).id)
	}
	*e.Value.(*sighting) = sighting{id, now}
	w.seen[id] = e
}
