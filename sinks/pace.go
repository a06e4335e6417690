package sinks

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/clock"
)

// Pace keeps messages apart. Whoever waits holds events that nobody has
// acknowledged, so what comes meanwhile travels in the next message.
type Pace struct {
	interval time.Duration
	last     chan time.Time // holds when the last message went out; empty while somebody waits
}

// NewPace keeps messages an interval apart at least; 0 is no bound.
func NewPace(interval time.Duration) *Pace {
	p := &Pace{interval: interval, last: make(chan time.Time, 1)}
	p.last <- time.Time{}
	return p
}

// Follow takes over from the pace that was kept before when the last message went
// out. While somebody waits there the two are apart.
func (p *Pace) Follow(before *Pace) {
	select {
	case last := <-before.last:
		before.last <- last
		<-p.last
		p.last <- last
	default:
	}
}

// Wait waits until a message may go out, or until ctx ends.
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
