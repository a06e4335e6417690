package queue

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// sleeps is below what weight a task only looks after others, or takes a moment.
const sleeps = 0.5

// hold returns how long a task occupies a whole place. A parent that sleeps for its
// children does so only until it is opened.
func hold(method string, run time.Duration) time.Duration {
	weight := weightOf(method, run)
	if weight < sleeps {
		return pickup
	}
	share := weight / placeWeight
	return max(pickup, time.Duration(float64(run)*share))
}

// holds learns how long tasks of a method occupy places, against what was expected:
// their weight depends on averages that only the hub knows, and on full hosts all take
// longer.
type holds map[string]*held

// held is of one method, in seconds of places.
type held struct{ said, kept decayingSum }

// maxMethods bounds how many methods are told apart; the hub has about sixty.
const maxMethods = 200

// note adds how long a task was expected to occupy a place, and how long it did.
func (h holds) note(method string, said, kept time.Duration, at time.Time) {
	m := h[method]
	if m == nil {
		if len(h) >= maxMethods {
			return
		}
		m = new(held)
		h[method] = m
	}
	m.said.add(said.Seconds(), at)
	m.kept.add(kept.Seconds(), at)
}

// factor is the ratio of actual to expected occupancy for tasks of a method.
func (h holds) factor(method string, at time.Time) float64 {
	m := h[method]
	if m == nil {
		return 1
	}
	// As if half a day had gone as expected, so that the first tasks do not rule.
	const usual = 12 * 3600
	f := (m.kept.at(at) + usual) / (m.said.at(at) + usual)
	return max(0.25, min(f, 4))
}

// used learns from what a task has used that has ended.
func (m *Model) used(t *koji.Task, e *entry) {
	started := time.Unix(0, e.started)
	if e.started == 0 || !t.Ended.After(started) {
		return
	}
	last := *e
	if t.Weight.Known {
		last.weight = float32(t.Weight.Value)
	}
	places := last.load() / placeWeight
	e.bin.demand.note(int64(e.rank.priority), places, started, t.Ended)
	if t.State == koji.TaskClosed && !e.waiting {
		m.holds.note(t.Method, hold(t.Method, e.run), scaled(t.Ended.Sub(started), places), t.Ended)
	}
}

// hold returns how long a task is expected to occupy a place.
func (m *Model) hold(method string, run time.Duration, at time.Time) time.Duration {
	return scaled(hold(method, run), m.holds.factor(method, at))
}
