// Package retry has growing pauses for retries, and a circuit breaker.
package retry

import (
	"math/rand/v2"
	"time"
)

// Backoff computes the pauses between retries. They have full jitter, so that clients that
// lost the same server do not come back at the same time: each pause is random, below a
// ceiling that doubles from First to Last.
//
// cenkalti/backoff has the same sequence, but its Retry does not suit any of the callers:
// they stop if the deadline is before the next attempt, do not count every failure, and wait
// for other events than the end of a context.
type Backoff struct{ First, Last time.Duration }

// After returns the pause after a number of consecutive failures. It is at least a tenth of
// First.
func (b Backoff) After(failures int) time.Duration {
	return max(rand.N(b.ceiling(failures)+1), b.First/10)
}

func (b Backoff) ceiling(failures int) time.Duration {
	ceiling := min(b.First, b.Last)
	for range failures - 1 {
		if ceiling > b.Last/2 {
			return b.Last
		}
		ceiling *= 2
	}
	return ceiling
}
