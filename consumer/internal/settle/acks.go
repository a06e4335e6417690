package settle

import (
	"context"
	"time"
)

const (
	// ackDelay collects deliveries for one acknowledgement, which saves both sides a write
	// and a read for each.
	ackDelay = 5 * time.Millisecond
	// holePatience is how long a delivery that is done waits for older ones before it is
	// acknowledged alone.
	holePatience = 250 * time.Millisecond
)

// acknowledger is the part of an AMQP channel that sends acknowledgements.
type acknowledger interface {
	Ack(tag uint64, multiple bool) error
}

// SendAcks acknowledges deliveries that are done until ctx ends, and then the rest. It does
// not report a failed write: that breaks the connection, which ends the session, and the
// broker delivers the messages again.
func (s *Settler) SendAcks(ctx context.Context, to acknowledger) {
	a := acks{settler: s, to: to}
	defer a.send(true)
	patience := time.NewTimer(holePatience)
	defer patience.Stop()
	delay := time.NewTimer(ackDelay)
	defer delay.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-patience.C:
			a.send(true)
		case <-s.wake:
			delay.Reset(ackDelay)
			s.gather(ctx, delay.C)
			waited := a.waiting
			if a.send(false); a.waiting && !waited {
				patience.Reset(holePatience)
			}
		}
	}
}

// gather waits until enough deliveries are done, but no longer than the delay.
func (s *Settler) gather(ctx context.Context, delay <-chan time.Time) {
	for !s.crowded() {
		select {
		case <-ctx.Done():
			return
		case <-delay:
			return
		case <-s.wake:
		}
	}
}

// acks is one run of [Settler.SendAcks].
type acks struct {
	settler *Settler
	to      acknowledger
	singles []uint64
	waiting bool // something done was left behind
}

func (a *acks) send(all bool) {
	var upTo uint64
	upTo, a.singles, a.waiting = a.settler.next(all, a.singles[:0])
	if upTo > 0 {
		_ = a.to.Ack(upTo, true)
	}
	for _, tag := range a.singles {
		_ = a.to.Ack(tag, false)
	}
}
