package history

import (
	"math"
	"time"
)

// Model is what was learnt. Make one with New.
type Model struct {
	cells    map[key]cell
	scales   map[string]*scale
	maxCells int

	arches    map[key]string    // of the last build of a package
	archTexts map[string]string // each once

	// What has changed since it was written down last; nil: nobody writes it down.
	touched, touchedArches map[key]struct{}
}

// The noise of a subject of which nothing is known: durations differ by a fifth. It
// weighs as much as so many runs.
const (
	usualNoise = 0.04
	// noiseShare is how much a run counts for the noise of its subject.
	noiseShare = 0.12
)

// New returns an empty model that keeps at most so many effects, at about 50 bytes
// each. 0 is DefaultCells.
func New(maxCells int) *Model {
	if maxCells <= 0 {
		maxCells = DefaultCells
	}
	return &Model{
		cells: map[key]cell{}, scales: map[string]*scale{}, maxCells: maxCells,
		arches: map[key]string{}, archTexts: map[string]string{},
	}
}

// DefaultCells is enough for 25,000 packages on four arches.
const DefaultCells = 200_000

// Expectation is how long a run is expected to take.
type Expectation struct {
	// Likely is as often too much as too little; Low and High hold four runs in five.
	Likely, Low, High time.Duration
	// Runs is how many runs of what Level names have been seen.
	Runs  int
	Level Level
}

// Level says what the runs had in common that an expectation goes by.
type Level uint8

// The levels, the most general first.
const (
	Nothing   Level = iota // nothing is known
	OfMethod               // runs of the method
	OfPackage              // of the package, or of the tag where the method is about one
	OfAll                  // of the package on the arch and for the target
)

// sum is the state of the effects of a run.
type sum struct {
	mean, variance, noise float64
	runs                  int
	level                 Level
}

// Expect tells how long a run will take. It reports false where not even the method
// is known.
func (m *Model) Expect(r *Run, at time.Time) (Expectation, bool) {
	var space [maxEffects]effect
	list, subject := r.effects(space[:0])
	s := m.sum(list, subject, day(at))
	if s.level == Nothing {
		return Expectation{}, false
	}
	sd := math.Sqrt(s.variance + s.noise)
	q := m.scale(r.Method)
	return Expectation{
		Likely: seconds(s.mean + sd*q.middle), Low: seconds(s.mean + sd*q.low), High: seconds(s.mean + sd*q.high),
		Runs: s.runs, Level: s.level,
	}, true
}

// sum adds up the effects of a run as they are known today.
func (m *Model) sum(list []effect, subject int, today uint16) sum {
	s := sum{noise: usualNoise}
	for i, e := range list {
		c, known := m.cells[e.key]
		if !known {
			s.variance += float64(e.prior.variance)
			continue
		}
		c.age(e.prior, today)
		s.mean += float64(c.mean)
		s.variance += float64(c.variance)
		switch i {
		case 0:
			s.noise, s.runs, s.level = float64(c.noise), int(c.runs), OfMethod
		case subject:
			s.noise, s.runs, s.level = float64(c.noise), int(c.runs), OfPackage
		}
		if i == len(list)-1 && i >= subject && s.level == OfPackage {
			s.runs, s.level = int(c.runs), OfAll
		}
	}
	return s
}

// longest bounds what is believed: a run of a year is a mistake of a clock.
const longest = 365 * 24 * time.Hour

// Learn takes in a run that has ended well. Runs of no or absurd length are left out.
func (m *Model) Learn(r *Run, took time.Duration, at time.Time) {
	if took <= 0 || took > longest || r.Method == "" {
		return
	}
	var space [maxEffects]effect
	list, subject := r.effects(space[:0])
	m.learn(list, subject, r.Method, math.Log(took.Seconds()), day(at))
}

// outlier is how many standard deviations off is out of the ordinary.
const outlier = 3

func (m *Model) learn(list []effect, subject int, method string, y float64, today uint16) {
	s := m.sum(list, subject, today)
	whole := s.variance + s.noise
	off := y - s.mean
	first := s.level == Nothing
	if !first {
		m.scaleFor(method).see(off / math.Sqrt(whole))
	}
	anchor := m.cells[list[subject].key]
	odd := anchor.runs > 1 && off*off > outlier*outlier*whole
	again := odd && anchor.hint != 0 && alike(off, float64(anchor.hint), s.noise)
	for i, e := range list {
		c := m.cell(e, today, s.noise)
		if i == subject || i == 0 {
			c.spread(off*off-s.variance, whole, i == subject)
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
			if i == subject {
				c.hint = 0
			}
			c.move(off, whole, e.prior)
		}
		m.put(e.key, c)
	}
	m.prune(today)
}

// alike reports whether two runs are off by about the same.
func alike(a, b, noise float64) bool {
	return math.Signbit(a) == math.Signbit(b) && math.Abs(a-b) < 2*math.Sqrt(2*noise)+0.1
}

// cell is what is known of an effect, made as old as today.
func (m *Model) cell(e effect, today uint16, noise float64) cell {
	c, known := m.cells[e.key]
	if !known {
		return cell{variance: e.prior.variance, noise: float32(noise), day: today}
	}
	c.age(e.prior, today)
	return c
}

// spread takes in how far off a run was, squared and without what is not noise.
func (c *cell) spread(square, whole float64, subject bool) {
	share := float32(noiseShare)
	if !subject { // the noise of all, for those of which nothing is known
		share = 0.005
	}
	bounded := max(0, min(square, outlier*outlier*whole))
	c.noise = max(1e-5, c.noise+share*(float32(bounded)-c.noise))
}

func (m *Model) put(k key, c cell) {
	m.cells[k] = c
	if m.touched != nil {
		m.touched[k] = struct{}{}
	}
}

// seconds is the duration of a logarithm of seconds.
func seconds(log float64) time.Duration {
	return time.Duration(min(math.Exp(log), longest.Seconds()) * float64(time.Second))
}
