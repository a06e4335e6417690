package consumer

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBackoffStaysUnderACeilingThatDoubles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "first"))
		last := first + time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "more"))
		b := backoff{first: first, last: last}
		ceiling := first
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			if rapid.IntRange(0, 9).Draw(t, "reset") == 0 {
				b.reset()
				ceiling = first
			}
			if d := b.next(); d > ceiling || d < first/10 {
				t.Fatalf("a pause of %s under a ceiling of %s, the first being %s", d, ceiling, first)
			}
			ceiling = min(2*ceiling, last)
		}
	})
}

func TestBackoffUsesTheWholeRange(t *testing.T) {
	b := backoff{first: time.Second, last: time.Second}
	low, high := time.Hour, time.Duration(0)
	for range 1000 {
		d := b.next()
		low, high = min(low, d), max(high, d)
	}
	if low > 300*time.Millisecond || high < 900*time.Millisecond {
		t.Errorf("a thousand pauses lie between %s and %s", low, high)
	}
}
