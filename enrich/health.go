package enrich

import (
	"math/rand/v2"
	"sync"
	"time"
)

// The first and the longest time between two questions to a hub that does not
// answer.
const (
	firstProbe = time.Second
	lastProbe  = 30 * time.Second
)

// health is whether the hub answers. While it does not, waiting for it is
// pointless, and it is asked only now and then.
type health struct {
	mu       sync.Mutex
	answered time.Time // the last time
	down     bool
	pause    time.Duration
	probe    time.Time // when it may be asked again
}

// well notes that the hub has answered.
func (h *health) well() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answered = time.Now()
	h.down, h.pause = false, 0
}

// ill notes that a question asked at some time has failed or gone unanswered.
// That tells nothing if the hub has answered another since.
func (h *health) ill(asked time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down || h.answered.After(asked) {
		return
	}
	h.down = true
	h.pauseLonger()
}

// pauseLonger is called with mu held.
func (h *health) pauseLonger() {
	h.pause = min(max(2*h.pause, firstProbe), lastProbe)
	h.probe = time.Now().Add(h.pause/2 + rand.N(h.pause/2))
}

// mayAsk reports whether there is sense in asking. While the hub is down it is
// true once in a while, for the one who finds out.
func (h *health) mayAsk() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.down {
		return true
	}
	if time.Now().Before(h.probe) {
		return false
	}
	h.pauseLonger()
	return true
}

func (h *health) isDown() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.down
}
