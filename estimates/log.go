package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
	"github.com/kojiwatch/kojiwatch/koji"
)

// estimateLog holds the estimates given for a task: when it first waited, when it first
// ran, now and then while it ran, and last.
type estimateLog struct {
	waiting, running estimate
	along            []estimate
	// What the queue's rules said: of the wait for the start when it waited first, of that
	// of a build's arches when it ran first.
	wait, archesWait time.Duration
	// What was said first before it was widened.
	rawWaiting, rawRunning forecast.Spread
	last                   forecast.Estimate
}

// rawEstimate is an estimate before what was learnt of earlier ones was put into it.
type rawEstimate struct {
	wait time.Duration // for the start
	// arches is the time that a build's arches take beyond the slowest of them.
	arches time.Duration
	told   forecast.Spread // the whole; not known where nothing is learnt of that
}

// estimate is an estimate of a task, and when it was made. The zero value says nothing.
type estimate struct {
	forecast.Estimate
	// since is the start of the task, or of its wait, as the hub gave it then. Its last
	// message may name another time.
	since time.Time
	when  time.Time
}

func (g *estimateLog) record(t *koji.Task, est forecast.Estimate, raw rawEstimate, now time.Time) {
	if !est.Known() {
		return
	}
	g.last = est
	switch {
	case t.State == koji.TaskOpen && !g.running.Known():
		g.running, g.archesWait, g.rawRunning = estimate{est, orNow(t.Started, now), now}, raw.arches, raw.told
	case t.State == koji.TaskFree && !g.waiting.Known():
		g.waiting, g.wait, g.rawWaiting = estimate{est, orNow(t.Created, now), now}, raw.wait, raw.told
	case t.State == koji.TaskOpen:
		g.recordRunning(estimate{est, orNow(t.Started, now), now})
	}
}

func orNow(t, now time.Time) time.Time {
	if t.IsZero() || t.After(now) {
		return now
	}
	return t
}

// recordRunning keeps what is said while a task runs, in times ever farther apart: some
// ten for a run of a day.
func (g *estimateLog) recordRunning(s estimate) {
	before := g.running.when
	if n := len(g.along); n > 0 {
		before = g.along[n-1].when
	}
	begin := g.running.when
	if s.when.Sub(begin) >= max(10*time.Second, before.Sub(begin)*3/2) {
		g.along = append(g.along, s)
	}
}

// after returns the newest estimate given when the task had run for so long.
func (g *estimateLog) after(elapsed time.Duration) estimate {
	latest := g.running
	for _, s := range g.along {
		if s.when.Sub(s.since) <= elapsed {
			latest = s
		}
	}
	return latest
}

// at returns the estimate given for a task in a state.
func (g *estimateLog) at(s koji.TaskState) (forecast.Estimate, bool) {
	est := g.last
	switch s {
	case koji.TaskFree:
		est = g.waiting.Estimate
	case koji.TaskOpen:
		est = g.running.Estimate
	}
	return est, est.Known()
}

// endings remembers which tasks ended last, and for fewer of them their estimates.
type endings struct {
	ids       *boundedcache.Cache[int64, struct{}]
	estimates *boundedcache.Cache[int64, estimateLog]
}

const (
	// An id takes about 20 bytes, what was said half a kilobyte.
	rememberIDs       = 100_000
	rememberEstimates = 4096
)

func newEndings() *endings {
	return &endings{boundedcache.New[int64, struct{}](rememberIDs), boundedcache.New[int64, estimateLog](rememberEstimates)}
}

func (e *endings) put(id int64, g estimateLog) {
	e.ids.Put(id, struct{}{})
	g.along = nil
	if g.last.Known() {
		e.estimates.Put(id, g)
	}
}

func (e *endings) has(id int64) bool {
	_, ok := e.ids.Get(id)
	return ok
}
