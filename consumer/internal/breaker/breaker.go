// Package breaker holds back attempts at a sink that fails.
package breaker

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/internal/retry"
)

// Breaker is the circuit breaker before all workers of a consumer. While the sink
// works it is closed and costs next to nothing. It opens when so many attempts in a
// row have failed that the sink is taken for down; then one attempt at a time is
// made, after a pause that grows, in the order in which they were asked for. A
// failure that says when to come back holds up all of them until then.
//
// It is not a [retry.Breaker], or one of a library: those answer "not now" at once
// and leave the waiting to the caller. Here the waiting is the point: first come,
// first served, with the pause that the receiver asked for, and with the distinction
// between one event that always fails and a receiver that is down.
type Breaker struct {
	limit   int           // failures in a row that open it; 0: none do
	backoff retry.Backoff // between those who try while it is open
	opened  atomic.Uint64

	watching atomic.Bool // something has failed, or attempts have to wait
	mu       sync.Mutex
	failures int
	first    uint64    // the key of the first failure in a row
	several  bool      // the failures in a row are about several keys
	until    time.Time // nobody tries before
	probing  bool      // somebody tries although it is open
	waiting  []*waiter // in order of their coming
	changed  chan struct{}
	reset    chan struct{} // closed at the next reset
}

// waiter waits for an attempt.
type waiter struct {
	fresh bool // none of its values has failed yet
}

// Attempt describes one attempt.
type Attempt struct {
	Key   uint64
	Fresh bool // none of its values has failed yet
	probe bool // it is the one that an open breaker lets through
}

// New returns a breaker that so many failures in a row open; with 0 none do.
func New(limit int, backoff retry.Backoff) *Breaker {
	return &Breaker{limit: limit, backoff: backoff, changed: make(chan struct{}), reset: make(chan struct{})}
}

// maxRetryAfter bounds what a failure may ask to wait.
const maxRetryAfter = 10 * time.Minute

// Begin waits until an attempt may be made, which End must follow. It is not ok if
// ctx ended before that.
func (b *Breaker) Begin(ctx context.Context, a *Attempt) (ok bool) {
	if ctx.Err() != nil {
		return false
	}
	if !b.watching.Load() {
		return true
	}
	w := &waiter{fresh: a.Fresh}
	b.mu.Lock()
	b.waiting = append(b.waiting, w)
	b.mu.Unlock()
	defer b.remove(w)
	for ctx.Err() == nil {
		wait, changed := b.ask(w, a)
		if changed == nil {
			return true
		}
		clock.SleepUnless(ctx, wait, changed)
	}
	return false
}

// ask returns nothing to wait for if an attempt may be made now.
func (b *Breaker) ask(w *waiter, a *Attempt) (wait time.Duration, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	open := b.openLocked()
	if open && (b.probing || b.nextLocked() != w) {
		return maxRetryAfter, b.changed
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
func (b *Breaker) nextLocked() *waiter {
	if !b.several {
		if i := slices.IndexFunc(b.waiting, func(w *waiter) bool { return w.fresh }); i >= 0 {
			return b.waiting[i]
		}
	}
	return b.waiting[0]
}

// remove takes a waiter out, and has the others look whether they are next.
func (b *Breaker) remove(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = slices.DeleteFunc(b.waiting, func(o *waiter) bool { return o == w })
	b.changeLocked()
}

func (b *Breaker) changeLocked() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// End notes how an attempt ended; nil means that the sink works. It reports
// whether the failure is shared: the breaker is open, and what fails is not always
// the same.
func (b *Breaker) End(a *Attempt, err error) (shared bool) {
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

func (b *Breaker) failLocked(a *Attempt, err error) {
	b.watching.Store(true)
	if b.failures == 0 {
		b.first = a.Key
	}
	b.several = b.several || b.first != a.Key || delivery.IsOutage(err)
	if b.failures++; b.failures == b.limit {
		b.opened.Add(1)
	}
	wait := min(delivery.RetryAfter(err), maxRetryAfter)
	if b.openLocked() {
		wait = max(wait, b.backoff.After(b.failures-b.limit+1))
	}
	if until := time.Now().Add(wait); wait > 0 && until.After(b.until) {
		b.until = until
	}
}

func (b *Breaker) closeLocked() { b.failures, b.several = 0, false }

func (b *Breaker) openLocked() bool { return b.limit > 0 && b.failures >= b.limit }

// IsOpen reports whether the sink is taken for down.
func (b *Breaker) IsOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.openLocked()
}

// Opened returns how often the sink has been taken for down.
func (b *Breaker) Opened() uint64 { return b.opened.Load() }

// Reset forgets all failures and ends all pauses: what failed may work now.
func (b *Breaker) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closeLocked()
	b.until = time.Time{}
	b.watching.Store(false)
	b.changeLocked()
	close(b.reset)
	b.reset = make(chan struct{})
}

// NextReset returns a channel that is closed at the next Reset. Fetched before an
// attempt, it misses none.
func (b *Breaker) NextReset() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reset
}
