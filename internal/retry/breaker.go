package retry

import (
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// Outcome is the outcome of an attempt.
type Outcome uint8

// The outcomes of an attempt.
const (
	// Unknown is the outcome of an attempt that ended early, for example because it was
	// cancelled. It does not change the state.
	Unknown Outcome = iota
	// Success closes the breaker.
	Success
	// Failure counts towards opening the breaker.
	Failure
)

// Breaker is a circuit breaker: after several consecutive failures it refuses attempts for a
// pause, then lets one attempt through. The pauses grow while that attempt fails. An error
// with a method RetryAfter() time.Duration sets the pause itself. The zero Breaker never
// opens. A Breaker is safe for concurrent use.
//
// sony/gobreaker is not used: its pause is constant, callers cannot find out when it ends,
// which operators and retries need, and it cannot open after a single fatal failure.
type Breaker struct {
	// Failures is how many consecutive failures open the breaker; 0 means never.
	Failures int
	// Backoff bounds the pauses.
	Backoff Backoff
	// Fatal, if set, reports whether an error opens the breaker at once.
	Fatal func(error) bool
	// Opened and Closed, if set, are called when the state changes. Opened gets the time
	// until the next attempt, and the last failure.
	Opened func(pause time.Duration, cause error)
	Closed func()

	mu       sync.Mutex
	failures int
	cause    error
	until    time.Time
	pauses   int  // number of pauses since it opened
	probing  bool // the single attempt is in progress
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

// IsOpen reports whether the breaker is open or half-open.
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

// Begin starts an attempt, or returns an [*OpenError]. The caller must call [Breaker.End] at
// the end of the attempt.
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

// End ends an attempt. err is the error of a failed one. End calls Opened and Closed, without
// holding a lock.
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
		return false // the attempt began before the breaker opened
	}
	b.probing = false
	b.until = time.Now().Add(b.pause(err))
	return true
}

// pause returns the pause after a failure. If another breaker behind this one refused the
// attempt, both pauses end together, and the next pause does not grow, because the server
// was not tried.
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
	// Half of the pause is random, so that clients do not all come back at once.
	return ceiling/2 + rand.N(ceiling/2+1)
}
