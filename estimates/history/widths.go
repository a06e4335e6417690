package history

import (
	"math"
	"time"
)

// asTold leaves an interval as it is: nothing has been learnt yet.
var asTold = quantiles{low: -1, middle: 0, high: 1}

// Widen scales an interval so that, by earlier intervals of its kind, it contains 80 % of the
// actual times. likely stays within it.
func (m *Model) Widen(kind string, likely, low, high time.Duration) (wideLow, wideHigh time.Duration) {
	s := m.quantilesOf[widthsOf(kind)]
	below, above := sides(likely, low, high)
	if s == nil || below == 0 || above == 0 {
		return low, high
	}
	by := func(log float64) time.Duration { return seconds(math.Log(likely.Seconds()) + log) }
	return by(min(0, s.low) * below), by(max(0, s.high) * above)
}

// LearnWidth learns from the actual time for an interval as it was before Widen.
func (m *Model) LearnWidth(kind string, likely, low, high, truth time.Duration) {
	below, above := sides(likely, low, high)
	if below == 0 || above == 0 || truth <= 0 {
		return
	}
	off := math.Log(truth.Seconds() / likely.Seconds())
	if off < 0 {
		off /= below
	} else {
		off /= above
	}
	m.quantilesFor(widthsOf(kind), asTold).see(off, widthStep)
}

// widthStep is how far one interval moves the quantiles.
const widthStep = 0.03

func widthsOf(kind string) string { return "width: " + kind }

// sides is how far an interval goes below and above what is likely, as logarithms; 0 if
// it is none.
func sides(likely, low, high time.Duration) (below, above float64) {
	if low <= 0 || low >= likely || high <= likely {
		return 0, 0
	}
	return math.Log(likely.Seconds() / low.Seconds()), math.Log(high.Seconds() / likely.Seconds())
}
