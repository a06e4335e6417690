package wire

import (
	"sync"
	"sync/atomic"
	"time"
)

// weather holds the conditions on the network for all connections of a proxy.
type weather struct {
	delay atomic.Int64 // nanoseconds
	rate  atomic.Int64 // bytes a second and direction; 0 is no limit

	mu      sync.Mutex
	stalled chan struct{} // closed by Resume; nil: nothing is stalled
}

// Stall makes the network swallow everything silently: no byte passes, and new
// connections are accepted but lead nowhere. After Resume, the bytes sent in between
// pass, because TCP would retransmit them.
func (w *weather) Stall() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stalled == nil {
		w.stalled = make(chan struct{})
	}
}

// Resume ends Stall.
func (w *weather) Resume() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stalled != nil {
		close(w.stalled)
		w.stalled = nil
	}
}

// Delay makes everything that is sent from now on, in either direction, arrive d later.
func (w *weather) Delay(d time.Duration) { w.delay.Store(int64(d)) }

// Limit limits each direction of a connection to a number of bytes per second. Zero
// means no limit.
func (w *weather) Limit(bytesPerSecond int) { w.rate.Store(int64(bytesPerSecond)) }

func (w *weather) latency() time.Duration { return time.Duration(w.delay.Load()) }

// toll returns how long n bytes take at the current rate.
func (w *weather) toll(n int) time.Duration {
	rate := w.rate.Load()
	if rate <= 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(rate) * float64(time.Second))
}

// calm waits while the network is stalled. It reports whether that ended before
// the link did.
func (w *weather) calm(gone <-chan struct{}) bool {
	for {
		w.mu.Lock()
		stalled := w.stalled
		w.mu.Unlock()
		if stalled == nil {
			return true
		}
		select {
		case <-stalled:
		case <-gone:
			return false
		}
	}
}
