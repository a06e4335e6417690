package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// RetryLimit bounds what is spent on one delivery, over all sessions. The zero
// value has no bounds.
type RetryLimit struct {
	// Attempts is how many times it may fail before it becomes a dead letter
	// with [ReasonRetriesSpent]; 0 is no bound. What counts is a failure of
	// the delivery by itself: tried alone, or named in a [BatchError]. An error
	// with a method Outage() bool that returns true does not count, and while
	// deliveries with other keys fail in a row too, ten failures count as one.
	Attempts int
	// Age is how long after its first failure that counts it may still be tried;
	// 0 is no bound.
	Age time.Duration
}

// ReasonRetriesSpent is the reason of a delivery that has reached its [RetryLimit].
const ReasonRetriesSpent = "retries_spent"

const (
	// sharedWeight is how many failures count as one while others fail too. The
	// receiver is the likely cause then, but nothing may be tried for ever.
	sharedWeight = 10
	// maxPanics bounds the panics at one delivery where there is no RetryLimit.
	maxPanics = 20
)

// spent returns a permanent error if nothing is left for another attempt after err.
func (r *RetryLimit) spent(t *attempts.Tries, err error) error {
	attempts, reason := r.Attempts, ReasonRetriesSpent
	if _, ok := errors.AsType[*panicError](err); ok {
		reason = ReasonPanic
		if attempts == 0 {
			attempts = maxPanics
		}
	}
	switch {
	case t.Counted() == 0:
		return nil
	case attempts > 0 && t.Alone+t.Shared/sharedWeight >= attempts:
		return Dead(reason, fmt.Errorf("%d attempts failed, the last: %w", t.Counted(), err))
	case r.Age > 0 && t.Last.Sub(t.Since) >= r.Age:
		return Dead(reason, fmt.Errorf("failing for %s, %d times, the last: %w", r.Age, t.Counted(), err))
	}
	return nil
}

// blamed returns what an error says of the deliveries that it names; shared is
// whether others fail too.
func blamed(err error, shared bool) attempts.Blame {
	switch {
	case delivery.IsOutage(err) || errors.Is(err, context.Canceled):
		return attempts.NotBlamed
	case shared:
		return attempts.BlameShared
	}
	return attempts.BlameAlone
}
