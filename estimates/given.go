package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/koji"
)

// given is what was said of a task: when it waited first, when it ran first, on and
// off while it ran, and last.
type given struct {
	waiting, running said
	along            []said
	// What the queue's rules said: of the wait for the start when it waited first, of that
	// of a build's arches when it ran first.
	wait, archesWait time.Duration
	// What was said first before it was widened.
	toldWaiting, toldRunning forecast.Spread
	last                     forecast.Estimate
}

// rawEstimate is an estimate before what was learnt of earlier ones was put into it.
type rawEstimate struct {
	wait time.Duration // for the start
	// arches is by how much longer a build's arches take than the slowest of them.
	arches time.Duration
	told   forecast.Spread // the whole; not known where nothing is learnt of that
}

// said is an estimate of a task, and when it was made. The zero value says nothing.
type said struct {
	forecast.Estimate
	// since is what the hub gave then for the start of the task, or of its waiting.
	// What it says in the end may be another time.
	since time.Time
	when  time.Time
}

func (g *given) note(t *koji.Task, est forecast.Estimate, raw rawEstimate, now time.Time) {
	if !est.Known() {
		return
	}
	g.last = est
	switch {
	case t.State == koji.TaskOpen && !g.running.Known():
		g.running, g.archesWait, g.toldRunning = said{est, orNow(t.Started, now), now}, raw.arches, raw.told
	case t.State == koji.TaskFree && !g.waiting.Known():
		g.waiting, g.wait, g.toldWaiting = said{est, orNow(t.Created, now), now}, raw.wait, raw.told
	case t.State == koji.TaskOpen:
		g.noteAlong(said{est, orNow(t.Started, now), now})
	}
}

func orNow(t, now time.Time) time.Time {
	if t.IsZero() || t.After(now) {
		return now
	}
	return t
}

// noteAlong keeps what is said while a task runs, in times ever farther apart: some
// ten for a run of a day.
func (g *given) noteAlong(s said) {
	before := g.running.when
	if n := len(g.along); n > 0 {
		before = g.along[n-1].when
	}
	begin := g.running.when
	if s.when.Sub(begin) >= max(10*time.Second, before.Sub(begin)*3/2) {
		g.along = append(g.along, s)
	}
}

// after is what was said last when the task had run for so long.
func (g *given) after(elapsed time.Duration) said {
	latest := g.running
	for _, s := range g.along {
		if s.when.Sub(s.since) <= elapsed {
			latest = s
		}
	}
	return latest
}

// at is what was said of a task in a state.
func (g *given) at(s koji.TaskState) (forecast.Estimate, bool) {
	est := g.last
	switch s {
	case koji.TaskFree:
		est = g.waiting.Estimate
	case koji.TaskOpen:
		est = g.running.Estimate
	}
	return est, est.Known()
}

// endings is what ended last: which, and of fewer what was said of it.
type endings struct {
	ids  generations[int64, struct{}]
	said generations[int64, given]
}

const (
	// An id takes about 20 bytes, what was said half a kilobyte.
	rememberIDs  = 100_000
	rememberSaid = 4096
)

func newEndings() *endings {
	return &endings{newGenerations[int64, struct{}](rememberIDs), newGenerations[int64, given](rememberSaid)}
}

func (e *endings) put(id int64, g given) {
	e.ids.put(id, struct{}{})
	g.along = nil
	if g.last.Known() {
		e.said.put(id, g)
	}
}

func (e *endings) has(id int64) bool {
	_, ok := e.ids.get(id)
	return ok
}

// generations is the newest values by key: between limit and half of it.
type generations[K comparable, V any] struct {
	young, old map[K]V
	half       int
}

func newGenerations[K comparable, V any](limit int) generations[K, V] {
	return generations[K, V]{young: map[K]V{}, half: limit / 2}
}

func (g *generations[K, V]) put(k K, v V) {
	if len(g.young) >= g.half {
		g.old, g.young = g.young, map[K]V{}
	}
	g.young[k] = v
}

func (g *generations[K, V]) get(k K) (V, bool) {
	if v, ok := g.young[k]; ok {
		return v, true
	}
	v, ok := g.old[k]
	return v, ok
}
