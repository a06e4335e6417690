// Package retry says when to try again what has failed: pauses that grow, and a
// circuit breaker for what fails for everybody.
package retry

import (
	"math/rand/v2"
	"time"
)

// Backoff says how long to wait before what has failed is tried again. The pauses
// have full jitter, so that those who lost the same server do not come back at
// once: each is random, below a ceiling that doubles from First to Last.
//
// cenkalti/backoff has the same sequence, but its Retry fits none of the callers:
// they stop where the deadline would come before the next try, do not count every
// failure, and wait for something else besides the context.
type Backoff struct{ First, Last time.Duration }

// After returns the pause after so many failures in a row. It is never below a
// tenth of First.
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
