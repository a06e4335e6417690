package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/koji"
)

// given is what was said of a task: when it waited first, when it ran first, and last.
type given struct {
	waiting, running said
	last             forecast.Estimate
}

// said is an estimate and when it was made. The zero value says nothing.
type said struct {
	forecast.Estimate
	when time.Time
}

func (g *given) note(s koji.TaskState, est forecast.Estimate, now time.Time) {
	if !est.Known() {
		return
	}
	g.last = est
	switch {
	case s == koji.TaskOpen && !g.running.Known():
		g.running = said{est, now}
	case s == koji.TaskFree && !g.waiting.Known():
		g.waiting = said{est, now}
	}
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
	ids  generations[struct{}]
	said generations[given]
}

const (
	// An id takes about 20 bytes, what was said half a kilobyte.
	rememberIDs  = 100_000
	rememberSaid = 4096
)

func newEndings() *endings {
	return &endings{newGenerations[struct{}](rememberIDs), newGenerations[given](rememberSaid)}
}

func (e *endings) put(id int64, g given) {
	e.ids.put(id, struct{}{})
	if g.last.Known() {
		e.said.put(id, g)
	}
}

func (e *endings) has(id int64) bool {
	_, ok := e.ids.get(id)
	return ok
}

// generations is the newest values by id: between limit and half of it.
type generations[V any] struct {
	young, old map[int64]V
	half       int
}

func newGenerations[V any](limit int) generations[V] {
	return generations[V]{young: map[int64]V{}, half: limit / 2}
}

func (g *generations[V]) put(id int64, v V) {
	if len(g.young) >= g.half {
		g.old, g.young = g.young, map[int64]V{}
	}
	g.young[id] = v
}

func (g *generations[V]) get(id int64) (V, bool) {
	if v, ok := g.young[id]; ok {
		return v, true
	}
	v, ok := g.old[id]
	return v, ok
}
