package namecache

import (
	"sync"
	"sync/atomic"
	"time"
)

// maxPending is the maximum number of names that wait to be written. Further names are
// dropped: they will be loaded or learnt again.
const maxPending = 10_000

// writer writes names to disk, one at a time, in its own goroutine. If a key has several
// pending names, it writes the last.
type writer struct {
	disk    *Disk
	dropped atomic.Uint64

	mu      sync.Mutex
	pending map[key]value
	closed  bool
	wake    chan struct{} // capacity 1: there may be something to write
	ended   chan struct{}
}

func newWriter(d *Disk) *writer {
	w := &writer{
		disk:    d,
		pending: make(map[key]value),
		wake:    make(chan struct{}, 1),
		ended:   make(chan struct{}),
	}
	go w.run()
	return w
}

func (w *writer) put(k key, v value) {
	w.mu.Lock()
	_, replaces := w.pending[k]
	if w.closed || len(w.pending) >= maxPending && !replaces {
		w.mu.Unlock()
		w.dropped.Add(1)
		return
	}
	w.pending[k] = v
	w.mu.Unlock()
	w.signal()
}

func (w *writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *writer) run() {
	defer close(w.ended)
	for range w.wake {
		for {
			batch, closed := w.take()
			for k, v := range batch {
				w.disk.Write(k.kind, k.id, v.name, time.Unix(0, v.asOf))
			}
			if len(batch) > 0 {
				continue
			}
			if closed {
				return
			}
			break
		}
	}
}

func (w *writer) take() (batch map[key]value, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pending) == 0 {
		return nil, w.closed
	}
	batch, w.pending = w.pending, make(map[key]value)
	return batch, w.closed
}

// close waits until the pending names are written.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.signal()
	<-w.ended
}
