package sinks

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/clock"
)

// Pace limits how often messages are sent. The events of a waiting message are not
// acknowledged yet, so events that arrive meanwhile go into the next message.
type Pace struct {
	interval time.Duration
	last     chan time.Time // holds the time of the last message; empty during a Wait
}

// NewPace returns a Pace with a minimum interval between messages; 0 means no limit.
func NewPace(interval time.Duration) *Pace {
	p := &Pace{interval: interval, last: make(chan time.Time, 1)}
	p.last <- time.Time{}
	return p
}

// Follow takes over the time of the last message from before, the Pace that p
// replaces. It does nothing while a call of before.Wait is in progress.
func (p *Pace) Follow(before *Pace) {
	select {
	case last := <-before.last:
		before.last <- last
		<-p.last
		p.last <- last
	default:
	}
}

// Wait blocks until the next message may be sent, or until ctx ends.
func (p *Pace) Wait(ctx context.Context) error {
	if p.interval <= 0 {
		return nil
	}
	var last time.Time
	select {
	case last = <-p.last:
	case <-ctx.Done():
		return ctx.Err()
	}
	clock.Sleep(ctx, time.Until(last.Add(p.interval)))
	if err := ctx.Err(); err != nil {
		p.last <- last
		return err
	}
	p.last <- time.Now()
	return nil
}
