package filter

import (
	"container/list"
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
	seen  map[string]*list.Element
	order list.List // of sighting, the oldest in front
}

// sighting is an id and when it was last remembered.
type sighting struct {
	id string
	at time.Time
}

// NewWindow returns a window that remembers the last size ids, none of them
// longer than span.
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

// Remember notes an id whose event has arrived. Before that it would be wrong:
// an event that did not arrive comes again with the same id.
func (w *Window) Remember(id string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, known := w.seen[id]
	switch {
	case known:
		w.order.MoveToBack(e)
	case w.order.Len() < w.size:
		e = w.order.PushBack(new(sighting))
	default: // the oldest makes room
		e = w.order.Front()
		w.order.MoveToBack(e)
		delete(w.seen, e.Value.(*sighting).id)
	}
	*e.Value.(*sighting) = sighting{id, now}
	w.seen[id] = e
}
