package consumer

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// gate stands before all lanes of a consumer. While the sink works it is open
// and costs next to nothing. It shuts when so many attempts in a row have failed
// that the sink is taken for down; then one lane at a time may try, after a
// pause that grows, and all others wait without work until one gets through. A
// failure that says when to come back shuts it for all of them until then.
type gate struct {
	limit   int // failures in a row that shut it; 0: none do
	longest time.Duration
	shuts   *atomic.Uint64
	down    *atomic.Bool

	troubled atomic.Bool // there is something below to look at
	mu       sync.Mutex
	failures int
	until    time.Time // nobody tries before
	probing  bool      // somebody tries, behind a shut gate
	pause    backoff   // between those who try
	changed  chan struct{}
	renewed  chan struct{} // closed when what failed may work now
}

func newGate(limit int, pause backoff, c *counters) *gate {
	return &gate{limit: limit, longest: maxRetryAfter, shuts: &c.shuts, down: &c.down, pause: pause, changed: make(chan struct{}), renewed: make(chan struct{})}
}

// maxRetryAfter bounds what a failure may ask to wait.
const maxRetryAfter = 10 * time.Minute

// enter waits until an attempt may be made, which leave must follow. It is not
// ok if ctx ended before that.
func (g *gate) enter(ctx context.Context) (probe, ok bool) {
	for ctx.Err() == nil {
		if !g.troubled.Load() {
			return false, true
		}
		probe, wait, changed := g.ask()
		if changed == nil {
			return probe, true
		}
		g.wait(ctx, wait, changed)
	}
	return false, false
}

// ask returns nothing to wait for if an attempt may be made now, and whether that
// is the one behind a shut gate.
func (g *gate) ask() (probe bool, wait time.Duration, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	probe = g.shutLocked()
	if probe && g.probing {
		return false, g.longest, g.changed
	}
	if wait = time.Until(g.until); wait > 0 {
		return false, wait, g.changed
	}
	g.probing = g.probing || probe
	return probe, 0, nil
}

func (g *gate) wait(ctx context.Context, d time.Duration, changed <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-changed:
	case <-ctx.Done():
	}
}

// leave notes how an attempt ended; nil and a permanent error mean that the
// sink works.
func (g *gate) leave(probe bool, err error) {
	if err == nil && !g.troubled.Load() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if probe {
		g.probing = false
	}
	switch {
	case err == nil:
		g.failures = 0
		g.pause.reset()
		g.troubled.Store(time.Until(g.until) > 0)
		g.down.Store(false)
	case !errors.Is(err, context.Canceled): // we end, nothing fails
		g.failLocked(err)
	}
	close(g.changed)
	g.changed = make(chan struct{})
}

func (g *gate) failLocked(err error) {
	g.troubled.Store(true)
	if g.failures++; g.failures == g.limit {
		g.shuts.Add(1)
		g.down.Store(true)
	}
	wait := min(retryAfter(err), g.longest)
	if g.shutLocked() {
		wait = max(wait, g.pause.next())
	}
	if until := time.Now().Add(wait); wait > 0 && until.After(g.until) {
		g.until = until
	}
}

func (g *gate) shutLocked() bool { return g.limit > 0 && g.failures >= g.limit }

// shut says whether the sink is taken for down.
func (g *gate) shut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shutLocked()
}

// renew forgets all failures and ends all pauses: what failed may work now.
func (g *gate) renew() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures, g.until = 0, time.Time{}
	g.pause.reset()
	g.troubled.Store(false)
	g.down.Store(false)
	close(g.changed)
	close(g.renewed)
	g.changed, g.renewed = make(chan struct{}), make(chan struct{})
}

// renewal is closed at the next renew. Who fetches it before an attempt misses
// none.
func (g *gate) renewal() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.renewed
}

// sleepUnless pauses between attempts, and is false if the renewal came before
// the end of the pause.
func sleepUnless(ctx context.Context, renewal <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-renewal:
		return false
	}
	return true
}

// retryAfter is how long an error asks to wait; 0 if it does not.
func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err); ok {
		return e.RetryAfter()
	}
	return 0
}

// isOutage says whether an error is about the sink as a whole, not about what was
// sent.
func isOutage(err error) bool {
	e, ok := errors.AsType[interface {
		error
		Outage() bool
	}](err)
	return ok && e.Outage()
}
