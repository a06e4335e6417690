package consumer

import (
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
)

// serving notices that the broker does not serve a session: it hands out nothing, although
// messages wait. Brokers lose consumers now and then, and a new session heals that.
type serving struct {
	settler      *settle.Settler
	lastDelivery func() time.Time
	began        time.Time
	single       bool      // the broker serves one consumer of the queue at a time
	waiting      time.Time // since when messages wait; zero: none do
	reported     bool
	patience     time.Duration // see Options.UnservedAfter
}

// isUnserved takes in how many messages the broker has counted, and how many consumers, and
// reports, once, whether it does not serve the session. A consumer that has never been
// served may be one that stands by.
func (h *serving) isUnserved(messages, consumers int, now time.Time) bool {
	standsBy := h.single && consumers > 1 && !h.lastDelivery().After(h.began)
	if messages == 0 || h.settler.Open() > 0 || standsBy || h.reported {
		h.waiting = time.Time{}
		return false
	}
	if h.waiting.IsZero() || h.lastDelivery().After(h.waiting) {
		h.waiting = now
	}
	h.reported = now.Sub(h.waiting) >= h.patience
	return h.reported
}
