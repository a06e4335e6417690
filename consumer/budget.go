package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Budget bounds what is spent on one delivery while this process has it. The
// zero value has no bounds.
type Budget struct {
	// Attempts is how many times it may fail before it becomes a dead letter
	// with [ReasonRetriesSpent]; 0 is without end. What fails with an error
	// that has a method Outage() bool which says true costs nothing.
	Attempts int
	// Age is how long after its first failure it may still be tried; 0 is
	// without end.
	Age time.Duration
}

// ReasonRetriesSpent is that of a delivery whose [Budget] is spent.
const ReasonRetriesSpent = "retries_spent"

// tries is what has been spent on an item.
type tries struct {
	all, counted int
	first, last  time.Time // attempts that failed
	since        time.Time // the first that counted
}

// note notes a failed attempt.
func (t *tries) note(err error, now time.Time) {
	if t.all++; t.all == 1 {
		t.first = now
	}
	t.last = now
	if isOutage(err) || errors.Is(err, context.Canceled) {
		return
	}
	if t.counted++; t.counted == 1 {
		t.since = now
	}
}

// spent says whether nothing is left for another attempt after err.
func (b *Budget) spent(t *tries, err error) error {
	switch {
	case t.counted == 0:
		return nil
	case b.Attempts > 0 && t.counted >= b.Attempts:
		return Dead(ReasonRetriesSpent, fmt.Errorf("%d attempts failed, the last: %w", t.counted, err))
	case b.Age > 0 && t.last.Sub(t.since) >= b.Age:
		return Dead(ReasonRetriesSpent, fmt.Errorf("failing for %s, %d times, the last: %w", b.Age, t.counted, err))
	}
	return nil
}
