package consumer

import (
	"context"
	"time"
)

const (
	// ackDelay lets acknowledgements gather: one covers all that was done
	// meanwhile, which spares both sides a write and a read for each.
	ackDelay = time.Millisecond
	// holePatience is how long something done may wait for an older delivery to
	// be done too before it is acknowledged alone.
	holePatience = 250 * time.Millisecond
)

// acknowledger is what acknowledgements are sent through.
type acknowledger interface {
	Ack(tag uint64, multiple bool) error
}

// sendAcks sends what the settler has ready until ctx ends, then the rest. A
// failed write is not reported: it breaks the connection, which ends the session,
// and the deliveries come again.
func (s *settler) sendAcks(ctx context.Context, to acknowledger) {
	a := acks{settler: s, to: to}
	defer a.send(true)
	patience := time.NewTimer(holePatience)
	defer patience.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-patience.C:
			a.send(true)
		case <-s.wake:
			if !s.crowded() {
				sleep(ctx, ackDelay)
			}
			waited := a.waiting
			if a.send(false); a.waiting && !waited {
				patience.Reset(holePatience)
			}
		}
	}
}

type acks struct {
	*settler
	to      acknowledger
	singles []uint64
	waiting bool // something done was left behind
}

func (a *acks) send(all bool) {
	var upTo uint64
	upTo, a.singles, a.waiting = a.next(all, a.singles[:0])
	if upTo > 0 {
		_ = a.to.Ack(upTo, true)
	}
	for _, tag := range a.singles {
		_ = a.to.Ack(tag, false)
	}
}
