package history

import (
	"math"
	"time"
)

// Model holds what was learnt. Use [New] to create one.
type Model struct {
	states      map[key]effectState
	quantilesOf map[string]*quantiles
	maxStates   int

	arches    map[key]string    // of the last build of a package
	usual     map[string]int    // how often lists of arches were seen lately
	archTexts map[string]string // each once

	// What has changed since it was written down last; nil: it is not written down.
	touched, touchedArches map[key]struct{}
}

// The noise of a subject of which nothing is known: durations differ by a fifth. It
// weighs as much as so many runs.
const (
	usualNoise = 0.04
	// noiseShare is the weight of a run in the noise of its subject.
	noiseShare = 0.12
	// methodNoiseShare is its weight in the noise of the whole method, which new subjects
	// start with.
	methodNoiseShare = 0.005
)

// New returns an empty model that keeps at most maxStates effects, at about 50 bytes each; 0
// is [DefaultCells].
func New(maxStates int) *Model {
	if maxStates <= 0 {
		maxStates = DefaultCells
	}
	return &Model{
		states: map[key]effectState{}, quantilesOf: map[string]*quantiles{}, maxStates: maxStates,
		arches: map[key]string{}, usual: map[string]int{}, archTexts: map[string]string{},
	}
}

// DefaultCells is enough for 25,000 packages on four arches.
const DefaultCells = 200_000

// Expectation is how long a run is expected to take.
type Expectation struct {
	// Likely is the median; Low and High bound an 80 % interval.
	Likely, Low, High time.Duration
	// Mean is the average of many such runs. It exceeds Likely, the more so the less is
	// known, because durations are skewed towards long ones.
	Mean time.Duration
	// Runs is the number of runs seen at this Level.
	Runs  int
	Level Level
}

// Level is what the runs that an expectation is based on have in common.
type Level uint8

// The levels, the most general first.
const (
	Nothing   Level = iota // nothing is known
	OfMethod               // runs of the method
	OfPackage              // of the package, or of the tag where the method is about one
	OfAll                  // of the package on the arch and for the target
)

// mostSpread bounds the effect of uncertainty.
const mostSpread = 2

// sum is the state of the effects of a run.
type sum struct {
	mean, variance, noise float64
	// seen is a bound of the variance of the mean that comes from runs of the very
	// same: what is not known of arches and targets does not matter to those.
	seen  float64
	runs  int
	level Level
}

// spread returns the variance of runs around the mean.
func (s *sum) spread() float64 { return min(s.variance, s.seen) + s.noise }

// Expect predicts how long a run will take. It is false if not even the method is known.
func (m *Model) Expect(r *Run, at time.Time) (Expectation, bool) {
	var space [maxEffects]effect
	list, subject := r.effects(space[:0])
	s := m.sum(list, subject, day(at))
	if s.level == Nothing {
		return Expectation{}, false
	}
	sd := math.Sqrt(s.spread())
	q := m.quantiles(m.kind(list, subject, r.Method), normal)
	long := min(s.spread(), mostSpread) / 2
	if subject > 0 && !m.knows(list[subject]) {
		wide := sd * (q.high - q.low) / (normal.high - normal.low)
		long = sd*q.middle + min(wide*wide, mostSpread)/2
	}
	return Expectation{
		Likely: seconds(s.mean + sd*q.middle), Low: seconds(s.mean + sd*q.low), High: seconds(s.mean + sd*q.high),
		Mean: seconds(s.mean + long), Runs: s.runs, Level: s.level,
	}, true
}

// kind names the runs that spread alike: those of the method, and apart from these the first
// ones of a package, which tell how different packages are.
func (m *Model) kind(list []effect, subject int, method string) string {
	if subject > 0 && !m.knows(list[subject]) {
		return "first: " + method
	}
	return method
}

// sum adds up the effects of a run as they are known today. A subject that is known
// stands on its own: what the method takes elsewhere does not matter to it.
func (m *Model) sum(list []effect, subject int, today uint16) sum {
	s := sum{noise: usualNoise, seen: math.Inf(1)}
	alone := subject > 0 && m.knows(list[subject])
	for i, e := range list {
		c, known := m.states[e.key]
		if !known {
			s.variance += float64(e.prior.variance)
			continue
		}
		idle := float64(today - min(today, c.day))
		c.age(e.prior, today)
		if i > 0 || !alone {
			s.mean += float64(c.mean)
			s.variance += float64(c.variance)
		}
		switch i {
		case 0:
			s.noise, s.runs, s.level = float64(c.noise), int(c.runs), OfMethod
		case subject:
			s.noise, s.runs, s.level = float64(c.noise), int(c.runs), OfPackage
		}
		if i == len(list)-1 && i >= subject && s.level >= OfMethod {
			if s.level == OfPackage {
				s.runs, s.level = int(c.runs), OfAll
			}
			s.seen = seen(list, &c, s.noise, idle)
		}
	}
	return s
}

// seen is the variance that remains after the runs of one effect: their noise, the drift
// with each run, and with each day since.
func seen(list []effect, c *effectState, noise, idle float64) float64 {
	perRun, perDay := 0.0, 0.0
	for _, e := range list {
		perRun, perDay = perRun+float64(e.prior.perRun), perDay+float64(e.prior.perDay)
	}
	return noise/float64(max(1, c.runs)) + math.Sqrt(perRun*noise) + perDay*idle
}

func (m *Model) knows(e effect) bool {
	_, known := m.states[e.key]
	return known
}

// longest is the longest plausible run: a longer one is due to a wrong clock.
const longest = 365 * 24 * time.Hour

func (m *Model) put(k key, c effectState) {
	m.states[k] = c
	if m.touched != nil {
		m.touched[k] = struct{}{}
	}
}

// seconds converts a logarithm of seconds to a duration.
func seconds(log float64) time.Duration {
	return time.Duration(min(math.Exp(log), longest.Seconds()) * float64(time.Second))
}
