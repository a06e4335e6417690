package history

import (
	"math"
	"time"
)

// Learn learns from a run that has ended well. It ignores runs of no or absurd length.
func (m *Model) Learn(r *Run, took time.Duration, at time.Time) {
	if took <= 0 || took > longest || r.Method == "" {
		return
	}
	var space [maxEffects]effect
	list, subject := r.effects(space[:0])
	m.learn(list, subject, r.Method, math.Log(took.Seconds()), day(at))
}

const (
	// outlier is how many standard deviations off is out of the ordinary.
	outlier = 3
	// unusual is from how many on two runs in a row, off to the same side, show that the
	// subject takes another time now.
	unusual = 1.2
	// shift is the share of their square that is added to what is not known.
	shift = 0.5
)

func (m *Model) learn(list []effect, subject int, method string, y float64, today uint16) {
	first := !m.knows(list[0])
	if first {
		m.put(list[0].key, effectState{mean: float32(y), variance: list[0].prior.variance, noise: usualNoise, day: today})
	}
	s := m.sum(list, subject, today)
	whole := s.variance + s.noise
	off := y - s.mean
	if !first {
		m.quantilesFor(m.kind(list, subject, method), normal).see(off/math.Sqrt(s.spread()), step)
	}
	if subject > 0 {
		m.learnMethod(list, subject, y, off*off-s.variance, today)
	}
	anchor := m.states[list[subject].key]
	odd := anchor.runs > 1 && off*off > outlier*outlier*s.spread()
	strange := anchor.runs > 1 && off*off > unusual*unusual*s.spread()
	shifts := strange && !odd && anchor.hint != 0 && alike(off, float64(anchor.hint), s.noise)
	again := odd && anchor.hint != 0 && alike(off, float64(anchor.hint), s.noise)
	for i, e := range list {
		if i == 0 && subject > 0 {
			continue // it has learnt
		}
		c := m.effectState(e, today, s.noise)
		if i == subject {
			if c.runs == 0 && i > 0 {
				c.mean = m.states[list[0].key].mean
			}
			c.spread(off*off-s.variance, s.spread(), noiseShare)
		}
		switch {
		case i == subject && again: // it was no outlier
			c.hint, c.variance = 0, c.variance+float32(off*off)
			c.move(off, whole+off*off, e.prior)
		case again:
		case odd && i == subject:
			c.hint = float32(off)
			c.move(off, 4*off*off, e.prior)
		case odd:
		default:
			more := 0.0
			if i == subject {
				c.hint = 0
				if strange {
					c.hint = float32(off)
				}
			}
			if shifts {
				more = shift * off * off
			}
			if i == subject {
				c.variance += float32(more)
			}
			c.move(off, whole+more, e.prior)
		}
		m.put(e.key, c)
	}
	m.prune(today)
}

// learnMethod has the method learn from the run as one of a subject that nobody knows:
// it is what such are expected to take. square is how far off the subject was.
func (m *Model) learnMethod(list []effect, subject int, y, square float64, today uint16) {
	c := m.effectState(list[0], today, usualNoise)
	off := y - float64(c.mean)
	for _, common := range list[1:subject] {
		off -= float64(m.states[common.key].mean)
	}
	whole := float64(c.variance) + float64(list[subject].prior.variance) + float64(c.noise)
	c.spread(square, whole, methodNoiseShare)
	c.move(off, whole, list[0].prior)
	m.put(list[0].key, c)
}

// alike reports whether two runs are off by about the same amount.
func alike(a, b, noise float64) bool {
	return math.Signbit(a) == math.Signbit(b) && math.Abs(a-b) < 2*math.Sqrt(2*noise)+0.1
}

// effectState returns the state of an effect, with the uncertainty of today.
func (m *Model) effectState(e effect, today uint16, noise float64) effectState {
	c, known := m.states[e.key]
	if !known {
		return effectState{variance: e.prior.variance, noise: float32(noise), day: today}
	}
	c.age(e.prior, today)
	return c
}

// spread takes in how far off a run was, squared and without what is not noise, for a
// share of what is known of the noise.
func (c *effectState) spread(square, whole float64, share float32) {
	bounded := max(0, min(square, outlier*outlier*whole))
	c.noise = max(1e-5, c.noise+share*(float32(bounded)-c.noise))
}
