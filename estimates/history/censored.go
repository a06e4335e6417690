package history

import (
	"math"
	"time"
)

// tellsNothing is the number of standard deviations below the expectation at which an
// interrupted run has no information: nearly all runs take longer.
const tellsNothing = -2

// LearnAtLeast learns from a run that was interrupted after some time: it would have taken
// that long or longer. It ignores packages that have not been built. A run interrupted long
// after its expected end counts as one that took as long.
func (m *Model) LearnAtLeast(r *Run, ran time.Duration, at time.Time) {
	if ran <= 0 || ran > longest || r.Method == "" {
		return
	}
	var space [maxEffects]effect
	list, subject := r.effects(space[:0])
	if !m.knows(list[subject]) {
		return
	}
	y, today := math.Log(ran.Seconds()), day(at)
	s := m.sum(list, subject, today)
	sd := math.Sqrt(s.spread())
	z := (y - s.mean) / sd
	switch {
	case z < tellsNothing:
	case z > outlier:
		m.learn(list, subject, r.Method, y, today)
	default:
		m.quantilesFor(m.kind(list, subject, r.Method), normal).seeAtLeast(z, step)
		off, weight := atLeast(z)
		m.nudge(list[subject:], off*sd, (s.variance+s.noise)/weight, today, s.noise)
	}
}

// atLeast returns the equivalent of a run of which is only known that it is more than z
// standard deviations off: how far off a complete run with the same effect on the mean is,
// and the weight of that run.
func atLeast(z float64) (off, weight float64) {
	density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
	hazard := density / above(z)
	return 1 / (hazard - z), hazard * (hazard - z)
}

// above returns the share of a normal distribution above z.
func above(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// nudge moves the effects that are known, without counting a run.
func (m *Model) nudge(list []effect, off, whole float64, today uint16, noise float64) {
	for _, e := range list {
		if !m.knows(e) {
			continue
		}
		c := m.effectState(e, today, noise)
		runs := c.runs
		c.move(off, whole, e.prior)
		c.runs = runs
		m.put(e.key, c)
	}
}
