package wire

import (
	"sync"
	"time"
)

// weather is how the network is for all connections of a proxy.
type weather struct {
	mu      sync.Mutex
	stalled bool
	delay   time.Duration
	rate    int           // bytes a second and direction; 0 is no limit
	change  chan struct{} // closed when stalled becomes false
}

func (w *weather) clear() { w.change = make(chan struct{}) }

// Stall has the network swallow everything, without a word to either side: no
// byte passes, and a new connection is taken but leads nowhere. What was sent
// meanwhile passes after Resume, as TCP would send it again.
func (w *weather) Stall() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stalled = true
}

// Resume ends Stall.
func (w *weather) Resume() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stalled {
		w.stalled = false
		close(w.change)
		w.change = make(chan struct{})
	}
}

// Delay has what is sent from now on, in either direction, arrive d later.
func (w *weather) Delay(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay = d
}

// Limit lets no more than so many bytes a second pass through a connection in
// each direction. Zero is no limit.
func (w *weather) Limit(bytesPerSecond int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rate = bytesPerSecond
}

func (w *weather) latency() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.delay
}

// toll is how long n bytes take at the rate of the moment.
func (w *weather) toll(n int) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rate <= 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(w.rate) * float64(time.Second))
}

// calm waits while the network is stalled. It tells whether that ended before
// the link did.
func (w *weather) calm(gone <-chan struct{}) bool {
	for {
		w.mu.Lock()
		stalled, change := w.stalled, w.change
		w.mu.Unlock()
		if !stalled {
			return true
		}
		select {
		case <-change:
		case <-gone:
			return false
		}
	}
}
