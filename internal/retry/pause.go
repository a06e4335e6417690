// Package retry says when to try again what has failed: pauses that grow, and a
// circuit breaker for what fails for everybody.
package retry

import (
	"math/rand/v2"
	"time"
)

// Pause returns how long to wait before try number n, counted from 0: a random
// time of at most first, which doubles with each try up to last. This is full
// jitter.
//
// cenkalti/backoff has the same sequence, but its Retry fits none of the callers:
// they stop where the deadline would come before the next try, do not count every
// failure, and wait for something else besides the context.
func Pause(first, last time.Duration, n int) time.Duration {
	ceiling := last
	if n < 32 && first<<n > 0 {
		ceiling = min(first<<n, last)
	}
	return rand.N(ceiling + 1)
}
