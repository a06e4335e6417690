package daemon

import "testing"

// TestGCPercent: the more is alive, the less the heap may grow in proportion.
func TestGCPercent(t *testing.T) {
	for _, c := range []struct {
		live uint64 // MB
		want int
	}{{0, 300}, {4, 300}, {7, 200}, {14, 100}, {28, 50}, {500, 50}} {
		if got := gcPercentFor(c.live << 20); got != c.want {
			t.Errorf("%d MB alive: %d %%, want %d", c.live, got, c.want)
		}
	}
}
