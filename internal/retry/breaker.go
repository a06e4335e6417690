package retry

import (
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// Outcome says what an attempt tells about whether the other side works.
type Outcome uint8

// The outcomes of an attempt.
const (
	// Unknown is the outcome of an attempt that ended before it could tell, such
	// as one whose caller gave up. It changes nothing.
	Unknown Outcome = iota
	// Success closes the breaker.
	Success
	// Failure counts towards opening the breaker.
	Failure
)

// Breaker is a circuit breaker: after several failures in a row it refuses
// attempts for a pause, then lets one through. The pauses grow for as long as
// that one fails; an error with a method RetryAfter() time.Duration says itself how
// long the pause is. The zero Breaker never opens. It is safe for concurrent use.
//
// sony/gobreaker is not used: its pause is always the same, its callers are not
// told when the pause ends (operators and retries need to know), and it cannot
// open for one failure that no repetition will cure.
type Breaker struct {
	// Failures is how many failures in a row open the breaker; 0 is never.
	Failures int
	// Backoff is how the pauses grow.
	Backoff Backoff
	// Fatal, if set, reports whether one failure is enough.
	Fatal func(error) bool
	// Opened and Closed, if set, are called when the state changes: for how long
	// the breaker stays open and why, and that the other side works again.
	Opened func(pause time.Duration, cause error)
	Closed func()

	mu       sync.Mutex
	failures int
	cause    error
	until    time.Time
	pauses   int  // since it opened
	probing  bool // the one attempt is under way
}

// OpenError reports that the breaker is open.
type OpenError struct {
	Until time.Time // when the next attempt may be made
	Err   error     // the last failure
}

// Error implements error.
func (e *OpenError) Error() string {
	return "no attempt before " + e.Until.UTC().Format(time.RFC3339) + ": " + e.Err.Error()
}

// Unwrap returns e.Err.
func (e *OpenError) Unwrap() error { return e.Err }

// IsOpen reports whether the breaker is open, or lets just one attempt through.
func (b *Breaker) IsOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open()
}

// open is IsOpen with mu held.
func (b *Breaker) open() bool { return b.Failures > 0 && b.failures >= b.Failures }

// Check returns an [*OpenError] if an attempt would be refused now.
func (b *Breaker) Check() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refusal()
}

// Begin begins an attempt, which [Breaker.End] must end, or returns an
// [*OpenError].
func (b *Breaker) Begin() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refusal(); err != nil {
		return err
	}
	b.probing = b.open()
	return nil
}

func (b *Breaker) refusal() error {
	if b.open() && (b.probing || time.Now().Before(b.until)) {
		return &OpenError{Until: b.until, Err: b.cause}
	}
	return nil
}

// End ends an attempt that failed with err, if it failed. Opened and Closed are
// called from here, without a lock held.
func (b *Breaker) End(o Outcome, err error) {
	b.mu.Lock()
	wasOpen := b.open()
	opened := false
	switch o {
	case Unknown:
		b.probing = false
	case Success:
		b.failures, b.cause, b.pauses, b.probing = 0, nil, 0, false
	case Failure:
		opened = b.fail(err)
	}
	pause := time.Until(b.until)
	b.mu.Unlock()
	switch {
	case opened && b.Opened != nil:
		b.Opened(pause, err)
	case o == Success && wasOpen && b.Closed != nil:
		b.Closed()
	}
}

// fail counts a failure and reports whether a pause begins.
func (b *Breaker) fail(err error) bool {
	wasOpen := b.open()
	b.cause = err
	b.failures++
	if b.Fatal != nil && b.Fatal(err) {
		b.failures = max(b.failures, b.Failures)
	}
	if !b.open() || wasOpen && !b.probing {
		return false // an attempt from before the breaker opened says nothing new
	}
	b.probing = false
	b.until = time.Now().Add(b.pause(err))
	return true
}

// pause returns the pause that begins with a failure. If another breaker behind
// this one has refused the attempt, it ends with that one's, and the next is no
// longer for it: the other side has not been tried.
func (b *Breaker) pause(err error) time.Duration {
	refusal, ok := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err)
	if ok {
		return max(refusal.RetryAfter(), 0)
	}
	b.pauses++
	ceiling := b.Backoff.ceiling(b.pauses)
	// Half of the pause is random, lest all clients come back at once.
	return ceiling/2 + rand.N(ceiling/2+1)
}
