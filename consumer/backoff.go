package consumer

import (
	"math/rand/v2"
	"time"
)

// backoff is exponential with full jitter: each pause is drawn from zero up to a
// ceiling that doubles from first to last, so that consumers which lost the same
// broker do not come back in step.
type backoff struct {
	first, last time.Duration
	ceiling     time.Duration
}

// next draws the next pause. It is never below a tenth of first.
func (b *backoff) next() time.Duration {
	b.ceiling = min(max(2*b.ceiling, b.first), b.last)
	return b.draw(b.ceiling)
}

// after draws the pause after so many failures in a row, whatever was drawn before.
func (b *backoff) after(failures int) time.Duration {
	ceiling := b.first
	for range failures - 1 {
		if ceiling = min(2*ceiling, b.last); ceiling == b.last {
			break
		}
	}
	return b.draw(ceiling)
}

func (b *backoff) draw(ceiling time.Duration) time.Duration {
	return max(rand.N(ceiling+1), b.first/10)
}

// reset starts over.
func (b *backoff) reset() { b.ceiling = 0 }
