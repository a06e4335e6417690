package history

import (
	"math"
	"time"
)

// quantiles describe how the runs of a method spread around their expectation, in
// standard deviations: the tenth, fiftieth and ninetieth of a hundred, in order.
type quantiles struct{ low, middle, high float64 }

// normal is the quantiles of the normal distribution.
var normal = quantiles{low: -1.2815515655446004, middle: 0, high: 1.2815515655446004}

const (
	// step is how far one run moves the quantiles: about a hundred runs make it.
	step = 0.03
	// waitStep is how far one wait does. Waits come in crowds that have much in common,
	// so it takes several of those.
	waitStep = 0.005
)

// see takes in one run. Each mark moves up a little for a run above it and down for
// one below it, in such proportion that it rests where its share is below.
func (s *quantiles) see(z, step float64) {
	s.move(step, func(mark float64) float64 {
		if z <= mark {
			return 1
		}
		return 0
	})
}

// seeAtLeast takes in a run of which is known only that it is above z: as likely below a mark
// as such runs are.
func (s *quantiles) seeAtLeast(z, step float64) {
	s.move(step, func(mark float64) float64 { return max(0, 1-above(mark)/above(z)) })
}

// move moves the marks for a run that is below each with some probability.
func (s *quantiles) move(step float64, below func(mark float64) float64) {
	s.low += step * (0.1 - below(s.low))
	s.middle += step * (0.5 - below(s.middle))
	s.high += step * (0.9 - below(s.high))
	s.low, s.high = max(-6, min(s.low, s.middle)), min(6, max(s.high, s.middle))
	s.middle = max(-2, min(s.middle, 2))
}

// quantiles returns those of a method or kind, or fresh ones for an unseen kind.
func (m *Model) quantiles(kind string, fresh quantiles) quantiles {
	if s := m.quantilesOf[kind]; s != nil {
		return *s
	}
	return fresh
}

// maxQuantiles is the maximum number of methods and kinds; a hub has about sixty methods.
const maxQuantiles = 500

// quantilesFor is the quantiles of a method or kind to learn by, begun with a fresh one. Where
// there are too many it is one that nobody keeps.
func (m *Model) quantilesFor(kind string, fresh quantiles) *quantiles {
	s := m.quantilesOf[kind]
	if s == nil {
		s = &fresh
		if len(m.quantilesOf) < maxQuantiles {
			m.quantilesOf[kind] = s
		}
	}
	return s
}

// waiting is assumed before any wait was seen: right on the whole, but not precise.
var waiting = quantiles{low: -0.5, middle: 0, high: 0.5}

// Waits are the 10th, 50th and 90th percentile of the ratio of actual to estimated waits.
type Waits struct{ Low, Middle, High float64 }

// Waits returns what was learnt about a kind of wait.
func (m *Model) Waits(kind string) Waits {
	s := m.quantiles(waitsOf(kind), waiting)
	return Waits{math.Exp(s.low), math.Exp(s.middle), math.Exp(s.high)}
}

// LearnWait learns from the estimated and the actual duration of a wait of this kind. It
// ignores durations that are not positive.
func (m *Model) LearnWait(kind string, said, took time.Duration) {
	if said <= 0 || took <= 0 {
		return
	}
	m.quantilesFor(waitsOf(kind), waiting).see(math.Log(took.Seconds()/said.Seconds()), waitStep)
}

func waitsOf(kind string) string { return "wait: " + kind }
