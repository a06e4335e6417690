package consumer

import (
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
)

// serving detects that the broker delivers nothing to a session although messages wait.
// Brokers occasionally lose a consumer; a new session fixes that.
type serving struct {
	settler      *settle.Settler
	lastDelivery func() time.Time
	began        time.Time
	single       bool      // the queue has a single active consumer
	waiting      time.Time // since when messages wait; zero if none do
	reported     bool
	patience     time.Duration // see Options.UnservedAfter
}

// isUnserved takes the number of messages and consumers of the queue, and reports, at most
// once, that messages have waited for too long. A consumer that never had a delivery may be
// on standby behind the single active one.
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
