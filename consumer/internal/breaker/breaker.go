// Package breaker delays attempts at a sink that fails.
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

// Breaker is the circuit breaker that all workers of a consumer share. While the sink works
// it is closed and costs next to nothing. It opens after a number of consecutive failures;
// then it allows one attempt at a time, in the order of the calls of Begin, with growing
// pauses. A failure with a Retry-After delays all attempts.
//
// It is not a [retry.Breaker], or one of a library: those return an error at once and leave
// the waiting to the caller. This one queues the callers, honours the pause that the receiver
// asked for, and distinguishes one event that always fails from a receiver that is down.
type Breaker struct {
	limit   int           // consecutive failures that open it; 0: it never opens
	backoff retry.Backoff // between attempts while it is open
	opened  atomic.Uint64

	watching atomic.Bool // something has failed, or attempts have to wait
	mu       sync.Mutex
	failures int
	first    uint64    // the key of the first of the consecutive failures
	several  bool      // the consecutive failures have several keys
	until    time.Time // no attempt before
	probing  bool      // an attempt is in progress although it is open
	waiting  []*waiter // in order of arrival
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
	probe bool // it is the one that an open breaker allows
}

// New returns a breaker that opens after limit consecutive failures; 0 never opens it.
func New(limit int, backoff retry.Backoff) *Breaker {
	return &Breaker{limit: limit, backoff: backoff, changed: make(chan struct{}), reset: make(chan struct{})}
}

// maxRetryAfter is the longest Retry-After that is honoured.
const maxRetryAfter = 10 * time.Minute

// Begin waits until an attempt may be made. End must follow, unless Begin is not ok because
// ctx ended first.
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

// ask returns a nil channel if the attempt may be made now, else how long to wait and a
// channel that is closed when it is worth asking again before that.
func (b *Breaker) ask(w *waiter, a *Attempt) (wait time.Duration, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	open := b.openLocked()
	if open && (b.probing || b.nextLocked() != w) {
		return maxRetryAfter, b.changed
	}
	// If only one key fails, another one may well succeed: it need not wait.
	if wait = time.Until(b.until); wait > 0 && (!open || b.several || !w.fresh) {
		return wait, b.changed
	}
	a.probe = open
	b.probing = b.probing || open
	return 0, nil
}

// nextLocked returns the waiter that may make the next attempt: the first one, or the first
// whose values have not failed yet if only one key fails.
func (b *Breaker) nextLocked() *waiter {
	if !b.several {
		if i := slices.IndexFunc(b.waiting, func(w *waiter) bool { return w.fresh }); i >= 0 {
			return b.waiting[i]
		}
	}
	return b.waiting[0]
}

// remove removes a waiter and wakes the others to check whether they are next.
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

// End records the result of an attempt; nil means that the sink works. It reports whether the
// failure is shared: the breaker is open, and several keys fail.
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
	case !errors.Is(err, context.Canceled): // the end of the session is not a failure
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

// IsOpen reports whether the breaker is open.
func (b *Breaker) IsOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.openLocked()
}

// Opened returns how often the breaker has opened.
func (b *Breaker) Opened() uint64 { return b.opened.Load() }

// Reset closes the breaker and ends all pauses.
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

// NextReset returns a channel that is closed at the next Reset. Call it before an attempt so
// as not to miss a Reset during the attempt.
func (b *Breaker) NextReset() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reset
}
