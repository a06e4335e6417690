package history

import (
	"math"
	"time"
)

// scale is how the runs of a method spread around what was expected of them, in
// standard deviations: the tenth, fiftieth and ninetieth of a hundred, in order.
type scale struct{ low, middle, high float64 }

// normal is the scale of the normal distribution.
var normal = scale{low: -1.2815515655446004, middle: 0, high: 1.2815515655446004}

const (
	// step is how far one run moves the scale: about a hundred runs make it.
	step = 0.03
	// waitStep is how far one wait does. Waits come in crowds that have much in common,
	// so it takes several of those.
	waitStep = 0.005
)

// see takes in one run. Each mark moves up a little for a run above it and down for
// one below it, in such proportion that it rests where its share is below.
func (s *scale) see(z, step float64) {
	move := func(mark *float64, share float64) {
		if z <= *mark {
			*mark -= step * (1 - share)
		} else {
			*mark += step * share
		}
	}
	move(&s.low, 0.1)
	move(&s.middle, 0.5)
	move(&s.high, 0.9)
	s.low, s.high = max(-6, min(s.low, s.middle)), min(6, max(s.high, s.middle))
	s.middle = max(-2, min(s.middle, 2))
}

// scale is that of a method or kind, or what is thought of one that was never seen.
func (m *Model) scale(kind string, fresh scale) scale {
	if s := m.scales[kind]; s != nil {
		return *s
	}
	return fresh
}

// maxScales bounds how many methods are told apart; the hub has about sixty.
const maxScales = 500

// scaleFor is the scale of a method or kind to learn by, begun with a fresh one. Where
// there are too many it is one that nobody keeps.
func (m *Model) scaleFor(kind string, fresh scale) *scale {
	s := m.scales[kind]
	if s == nil {
		s = &fresh
		if len(m.scales) < maxScales {
			m.scales[kind] = s
		}
	}
	return s
}

// waiting is what is thought of waits before any were seen: that they are told right on
// the whole, but not well.
var waiting = scale{low: -0.5, middle: 0, high: 0.5}

// Waits is by how many times waits of a kind were longer than was said: the tenth,
// fiftieth and ninetieth of a hundred.
type Waits struct{ Low, Middle, High float64 }

// Waits tells what was learnt of a kind of waits.
func (m *Model) Waits(kind string) Waits {
	s := m.scale(waitsOf(kind), waiting)
	return Waits{math.Exp(s.low), math.Exp(s.middle), math.Exp(s.high)}
}

// LearnWait takes in a wait of a kind and what was said of it. Nothing is learnt from
// times that are not above zero.
func (m *Model) LearnWait(kind string, said, took time.Duration) {
	if said <= 0 || took <= 0 {
		return
	}
	m.scaleFor(waitsOf(kind), waiting).see(math.Log(took.Seconds()/said.Seconds()), waitStep)
}

func waitsOf(kind string) string { return "wait: " + kind }
