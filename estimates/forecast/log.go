package forecast

import (
	"math"
	"time"
)

// Log is how far the log of a running task is. The zero value is not known.
type Log struct {
	// Size is in bytes.
	Size int64
	// Share is its part of the size that is expected, below 1; 0 if none is expected.
	Share float64
	// SilentFor is for how long it has not grown.
	SilentFor time.Duration
}

// Known reports whether there is a log.
func (l *Log) Known() bool { return l.Size > 0 }

// And is the spread that follows from two independent ones, of which the narrower counts for
// more. If they contradict each other, the second one is believed: it is about this very run,
// and the first about earlier ones.
func (s Spread) And(o Spread) Spread {
	if !s.Known() || !o.Known() {
		return s
	}
	mean, variance := s.logarithm()
	other, otherVariance := o.logarithm()
	apart := other - mean
	variance += max(0, apart*apart-variance-otherVariance)
	weight := otherVariance / (variance + otherVariance)
	mean = weight*mean + (1-weight)*other
	sigma := math.Sqrt(variance * weight)
	s.Likely, s.Low, s.High = seconds(math.Exp(mean)), seconds(math.Exp(mean-z*sigma)), seconds(math.Exp(mean+z*sigma))
	return s
}

// logarithm returns mean and variance of the spread's logarithm.
func (s Spread) logarithm() (mean, variance float64) {
	sigma := s.sigma()
	return math.Log(s.Likely.Seconds()), sigma * sigma
}

// sigma is the standard deviation of the spread's logarithm.
func (s Spread) sigma() float64 {
	return max(0.05, math.Log(float64(s.High)/float64(max(s.Low, 1)))/(2*z))
}

// WholeOfLog returns how long a task runs whose log has a share of its expected size after
// some time, where half is the part of the time, in parts of unit, at which half of the log
// is there. Between half and the end, share and time go together evenly.
func WholeOfLog(elapsed time.Duration, share float64, size, half Spread, unit time.Duration) Spread {
	h := max(0.02, min(half.Likely.Seconds()/unit.Seconds(), 0.98))
	part := h + (1-h)*(2*share-1) // of the time
	byHalf := half.sigma() * h * (2 - 2*share) / part
	bySize := size.sigma() * share * 2 * (1 - h) / part
	mean, sigma := math.Log(elapsed.Seconds()/part), max(0.03, math.Hypot(byHalf, bySize))
	return Spread{Likely: seconds(math.Exp(mean)), Low: seconds(math.Exp(mean - z*sigma)), High: seconds(math.Exp(mean + z*sigma))}
}
