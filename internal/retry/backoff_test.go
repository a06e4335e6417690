package retry

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPausesStayBelowACeilingThatDoubles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "first"))
		last := first + time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "more"))
		b := Backoff{First: first, Last: last}
		ceiling := first
		for failures := range rapid.IntRange(1, 1000).Draw(t, "failures") {
			if d := b.After(failures + 1); d > ceiling || d < first/10 {
				t.Fatalf("a pause of %s under a ceiling of %s, the first being %s", d, ceiling, first)
			}
			ceiling = min(2*ceiling, last)
		}
	})
}

func TestPausesUseTheWholeRange(t *testing.T) {
	for failures, ceiling := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 9: 5 * time.Second} {
		low, high := time.Hour, time.Duration(0)
		for range 1000 {
			d := Backoff{First: time.Second, Last: 5 * time.Second}.After(failures)
			low, high = min(low, d), max(high, d)
		}
		if low > ceiling*3/10 || high < ceiling*9/10 {
			t.Errorf("after %d failures a thousand pauses lie between %s and %s", failures, low, high)
		}
	}
}
