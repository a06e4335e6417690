package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// RetryLimit bounds the attempts at one delivery, over all sessions. The zero value is no
// limit.
type RetryLimit struct {
	// Attempts is the number of failures after which a delivery becomes a dead letter with
	// [ReasonRetriesSpent]; 0 is no limit. A failure counts if the delivery was tried
	// alone or is named in a [BatchError]. An error with a method Outage() bool that
	// returns true does not count, and while deliveries with other keys fail too, ten
	// failures count as one.
	Attempts int
	// Age is how long a delivery is retried after its first failure that counts; 0 is no
	// limit.
	Age time.Duration
}

// ReasonRetriesSpent is the reason of a dead letter that has reached its [RetryLimit].
const ReasonRetriesSpent = "retries_spent"

const (
	// sharedWeight is the number of failures that count as one while deliveries with other
	// keys fail too. The receiver is then the likely cause, but retries must end some time.
	sharedWeight = 10
	// maxPanics is the limit on panics at one delivery without a RetryLimit.
	maxPanics = 20
)

// spent returns a permanent error if the limit allows no attempt after err.
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

// blamed returns whether an error counts against the delivery; shared reports whether
// deliveries with other keys fail too.
func blamed(err error, shared bool) attempts.Blame {
	switch {
	case delivery.IsOutage(err) || errors.Is(err, context.Canceled):
		return attempts.NotBlamed
	case shared:
		return attempts.BlameShared
	}
	return attempts.BlameAlone
}
