package consumer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// circuitBreaker stands before all workers of a consumer. While the sink works it
// is closed and costs next to nothing. It opens when so many attempts in a row
// have failed that the sink is taken for down; then one attempt at a time is made,
// after a pause that grows, in the order in which they were asked for. A failure
// that says when to come back holds up all of them until then.
//
// Why no library: those (gobreaker and others) answer "not now" at once and leave
// the waiting to the caller. Here the waiting is the point: first come, first
// served, with the pause that the receiver asked for, and with the distinction
// between one event that always fails and a receiver that is down.
type circuitBreaker struct {
	limit   int // failures in a row that open it; 0: none do
	longest time.Duration
	opened  *atomic.Uint64
	down    *atomic.Bool

	watching atomic.Bool // something has failed, or attempts have to wait
	mu       sync.Mutex
	failures int
	first    uint64    // the key of the first failure in a row
	several  bool      // the failures in a row are about several keys
	until    time.Time // nobody tries before
	probing  bool      // somebody tries although it is open
	waiting  []*waiter // in order of their coming
	pause    backoff   // between those who try
	changed  chan struct{}
	renewed  chan struct{} // closed when what failed may work now
}

// waiter waits for an attempt.
type waiter struct {
	fresh bool // none of its values has failed yet
}

// attempt describes one attempt.
type attempt struct {
	key   uint64
	fresh bool // none of its values has failed yet
	probe bool // it is the one that an open breaker lets through
}

func newCircuitBreaker(limit int, pause backoff, c *counters) *circuitBreaker {
	return &circuitBreaker{
		limit: limit, longest: maxRetryAfter, opened: &c.opened, down: &c.down, pause: pause,
		changed: make(chan struct{}), renewed: make(chan struct{}),
	}
}

// maxRetryAfter bounds what a failure may ask to wait.
const maxRetryAfter = 10 * time.Minute

// enter waits until an attempt may be made, which leave must follow. It is not
// ok if ctx ended before that.
func (b *circuitBreaker) enter(ctx context.Context, a *attempt) (ok bool) {
	if ctx.Err() != nil {
		return false
	}
	if !b.watching.Load() {
		return true
	}
	w := &waiter{fresh: a.fresh}
	b.mu.Lock()
	b.waiting = append(b.waiting, w)
	b.mu.Unlock()
	defer b.remove(w)
	for ctx.Err() == nil {
		wait, changed := b.ask(w, a)
		if changed == nil {
			return true
		}
		waitFor(ctx, wait, changed)
	}
	return false
}

// ask returns nothing to wait for if an attempt may be made now.
func (b *circuitBreaker) ask(w *waiter, a *attempt) (wait time.Duration, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	open := b.openLocked()
	if open && (b.probing || b.nextLocked() != w) {
		return b.longest, b.changed
	}
	// Where only one key fails, another one may well succeed: it need not wait.
	if wait = time.Until(b.until); wait > 0 && (!open || b.several || !w.fresh) {
		return wait, b.changed
	}
	a.probe = open
	b.probing = b.probing || open
	return 0, nil
}

// nextLocked returns who may make the next attempt: first those who have not failed yet, if
// only one key fails, then in order of their coming.
func (b *circuitBreaker) nextLocked() *waiter {
	if !b.several {
		if i := slices.IndexFunc(b.waiting, func(w *waiter) bool { return w.fresh }); i >= 0 {
			return b.waiting[i]
		}
	}
	return b.waiting[0]
}

// remove takes a waiter out, and has the others look whether they are next.
func (b *circuitBreaker) remove(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = slices.DeleteFunc(b.waiting, func(o *waiter) bool { return o == w })
	b.changeLocked()
}

func (b *circuitBreaker) changeLocked() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// leave notes how an attempt ended; nil means that the sink works. It reports
// whether the failure is shared: the breaker is open, and what fails is not always
// the same.
func (b *circuitBreaker) leave(a *attempt, err error) (shared bool) {
	if err == nil && !b.watching.Load() {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.probe {
		b.probing = false
	}
	switch {
	case err == nil:
		b.closeLocked()
		b.watching.Store(time.Until(b.until) > 0)
	case !errors.Is(err, context.Canceled): // we end, nothing fails
		b.failLocked(a, err)
	}
	b.changeLocked()
	return err != nil && b.openLocked() && b.several
}

func (b *circuitBreaker) failLocked(a *attempt, err error) {
	b.watching.Store(true)
	if b.failures == 0 {
		b.first = a.key
	}
	b.several = b.several || b.first != a.key || delivery.IsOutage(err)
	if b.failures++; b.failures == b.limit {
		b.opened.Add(1)
		b.down.Store(true)
	}
	wait := min(delivery.RetryAfter(err), b.longest)
	if b.openLocked() {
		wait = max(wait, b.pause.next())
	}
	if until := time.Now().Add(wait); wait > 0 && until.After(b.until) {
		b.until = until
	}
}

func (b *circuitBreaker) closeLocked() {
	b.failures, b.several = 0, false
	b.pause.reset()
	b.down.Store(false)
}

func (b *circuitBreaker) openLocked() bool { return b.limit > 0 && b.failures >= b.limit }

// open reports whether the sink is taken for down.
func (b *circuitBreaker) open() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.openLocked()
}

// renew forgets all failures and ends all pauses: what failed may work now.
func (b *circuitBreaker) renew() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closeLocked()
	b.until = time.Time{}
	b.watching.Store(false)
	b.changeLocked()
	close(b.renewed)
	b.renewed = make(chan struct{})
}

// renewal returns a channel that is closed at the next renew. Fetched before an
// attempt, it misses none.
func (b *circuitBreaker) renewal() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.renewed
}

// waitFor waits for a time, a change or the end of ctx.
func waitFor(ctx context.Context, d time.Duration, changed <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-changed:
	case <-ctx.Done():
	}
}
