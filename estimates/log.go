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
	waiting, running, last *estimate
	along                  []*estimate
	asked                  int64 // when it was estimated last, known or not, in ns since 1970
}

// rawEstimate is an estimate before what was learnt of earlier ones was put into it.
type rawEstimate struct {
	wait time.Duration // for the start
	// arches is the time that a build's arches take beyond the slowest of them.
	arches time.Duration
	told   forecast.Spread // the whole; not known where nothing is learnt of that
	// crowded: it waits for long, or its arches will.
	crowded bool
}

// estimate is an estimate of a task that was given, in little space. nil says nothing.
type estimate struct {
	starts, completion, low, high int64 // ns since 1970
	likely, least, most           time.Duration
	basis                         string
	samples                       int32
	overdue, crowded              bool
	// since is the start of the task, or of its wait, as the hub gave it then. Its last
	// message may name another time. when is when the estimate was made.
	since, when int64
	// wait is the forecast of the queue's rules: of one that waits, for its start; of a build that
	// runs, for its arches.
	wait time.Duration
	raw  *forecast.Spread // before it was widened; nil: that is not learnt
}

func pack(est *forecast.Estimate, since, when time.Time) *estimate {
	d := &est.Duration
	return &estimate{
		starts: nanos(est.StartsAt), completion: nanos(est.CompletionAt), low: nanos(est.Low), high: nanos(est.High),
		likely: d.Likely, least: d.Low, most: d.High, basis: d.Basis, samples: int32(min(d.Samples, 1<<31-1)), //nolint:gosec // it is bounded
		overdue: est.Overdue, since: nanos(since), when: nanos(when),
	}
}

// forecast returns the estimate as it was given, but for its words.
func (s *estimate) forecast() (forecast.Estimate, bool) {
	if s == nil {
		return forecast.Estimate{}, false
	}
	return forecast.Estimate{
		StartsAt: timeOf(s.starts), CompletionAt: timeOf(s.completion), Low: timeOf(s.low), High: timeOf(s.high),
		Duration: s.duration(), Overdue: s.overdue,
	}, true
}

func (s *estimate) duration() forecast.Spread {
	return forecast.Spread{Likely: s.likely, Low: s.least, High: s.most, Samples: int(s.samples), Basis: s.basis}
}

func (g *estimateLog) record(r *record, est *forecast.Estimate, raw *rawEstimate, now time.Time) {
	g.asked = now.UnixNano()
	if !est.Known() {
		return
	}
	open := r.state == koji.TaskOpen
	since := r.created
	if open {
		since = r.started
	}
	s := pack(est, orNow(timeOf(since), now), now)
	g.last = s
	switch {
	case open && g.running == nil:
		g.running = s.before(raw.arches, raw)
	case r.state == koji.TaskFree && g.waiting == nil:
		g.waiting = s.before(raw.wait, raw)
	case open:
		if g.due(now) {
			g.along = append(g.along, s)
		}
	}
}

// before notes what the estimate was before it was corrected.
func (s *estimate) before(wait time.Duration, raw *rawEstimate) *estimate {
	s.wait, s.crowded = wait, raw.crowded
	if raw.told.Known() {
		told := raw.told
		s.raw = &told
	}
	return s
}

func orNow(t, now time.Time) time.Time {
	if t.IsZero() || t.After(now) {
		return now
	}
	return t
}

// due reports whether an estimate of a task that runs is to be kept: in times ever farther
// apart, some ten for a run of a day.
func (g *estimateLog) due(now time.Time) bool {
	if g.running == nil {
		return now.UnixNano()-g.asked >= int64(10*time.Second)
	}
	before := g.running.when
	if n := len(g.along); n > 0 {
		before = g.along[n-1].when
	}
	begin := g.running.when
	return now.UnixNano()-begin >= max(int64(10*time.Second), (before-begin)*3/2)
}

// after returns the newest estimate given when the task had run for so long.
func (g *estimateLog) after(elapsed time.Duration) *estimate {
	latest := g.running
	for _, s := range g.along {
		if s.when-s.since <= int64(elapsed) {
			latest = s
		}
	}
	return latest
}

// at returns the estimate given for a task in a state.
func (g *estimateLog) at(s koji.TaskState) (forecast.Estimate, bool) {
	switch s {
	case koji.TaskFree:
		return g.waiting.forecast()
	case koji.TaskOpen:
		return g.running.forecast()
	}
	return g.last.forecast()
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
	if g.last != nil {
		e.estimates.Put(id, g)
	}
}

func (e *endings) has(id int64) bool {
	_, ok := e.ids.Get(id)
	return ok
}
