package estimates

import (
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Options configure an estimator. With the zero value it starts with no knowledge.
type Options struct {
	// History is the model to start with, which continues to learn. Default: an empty one.
	History *history.Model
	// Follow is how many tasks that have not ended are followed at a time, at about a
	// kilobyte each. Default: 20000.
	Follow int
	// Averages are the hub's average durations, for packages without a history. Default:
	// none.
	Averages Averages
	// Scores are the scores of earlier estimates, to be continued. Default: none.
	Scores *score.Card
}

// Averages returns the hub's average durations of packages' builds.
type Averages interface {
	// Average returns 0 if the average is unknown, or not known yet. It does not block.
	Average(pkg string) time.Duration
}

const defaultFollow = 20_000

// Estimator estimates when tasks and builds end. It is safe for concurrent use; any number of
// sinks can share one.
type Estimator struct {
	opts Options

	mu     sync.Mutex
	past   *history.Model
	queue  *queue.Model
	tasks  map[int64]*trackedTask // that have not ended
	unread map[int64]*trackedTask // that have ended, and whose logs are to be looked at once more
	ended  *endings
	builds *endings // of build records
	// building has the estimates of builds that have not ended.
	building *boundedcache.Cache[int64, estimateLog]
	// means are of packages, as the hub makes its averages, from the builds that went by.
	means  *boundedcache.Cache[string, mean]
	scores *score.Card

	// To make tasks and trees in, anew for each use.
	scratch koji.Task
	nodes   []forecast.Node
}

// New returns an estimator.
func New(o Options) *Estimator {
	if o.History == nil {
		o.History = history.New(0)
	}
	if o.Follow <= 0 {
		o.Follow = defaultFollow
	}
	e := &Estimator{
		opts: o, past: o.History, tasks: map[int64]*trackedTask{}, unread: map[int64]*trackedTask{},
		ended: newEndings(), builds: newEndings(), building: boundedcache.New[int64, estimateLog](rememberEstimates),
		means: boundedcache.New[string, mean](rememberMeans), scores: o.Scores,
	}
	if e.scores == nil {
		e.scores = new(score.Card)
	}
	e.queue = queue.New(queueRuns{e})
	return e
}

// Observe takes in what an event says of a task at a point in time. Only the first
// event of a state counts.
func (e *Estimator) Observe(t *koji.Task, at time.Time) { e.observe(t, at, true) }

// ObserveAgain is Observe for what the history and the scores have learnt from before, in
// another process. The task is followed as before, and its end teaches nothing.
func (e *Estimator) ObserveAgain(t *koji.Task, at time.Time) { e.observe(t, at, false) }

func (e *Estimator) observe(t *koji.Task, at time.Time, teaches bool) {
	if t.ID == 0 || t.State == koji.TaskUnknown {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended.has(t.ID) {
		return
	}
	f := e.track(t, at)
	if t.State.Final() {
		e.end(f, at, teaches)
	}
	f.fill(&e.scratch)
	e.queue.Observe(&e.scratch, at)
	e.noteParent(f, at)
}

// noteParent updates the estimate of a running build after a change of one of its children, so
// that there is an estimate from half time to score.
func (e *Estimator) noteParent(f *trackedTask, at time.Time) {
	if p := e.tasks[f.parent]; p != nil && !p.listed && p.run.Method == "build" && p.state == koji.TaskOpen && p.estimates.due(at) {
		est, raw := e.forecast(p, at)
		p.estimates.record(&p.record, &est, &raw, at)
	}
}

// LoadQueue takes in what the hub says of its hosts and of what runs and waits, which is
// followed from then on. It teaches nothing. Where the hub did not name all tasks, those of
// the stream stay.
func (e *Estimator) LoadQueue(s *queue.Snapshot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	named := make(map[int64]struct{}, len(s.Tasks))
	for i := range s.Tasks {
		named[s.Tasks[i].ID] = struct{}{}
		e.list(&s.Tasks[i], s.At)
	}
	e.queue.Load(s) // it asks what the builds that are followed will make below themselves
	for id, f := range e.tasks {
		_, ok := named[id]
		switch {
		case ok:
		case f.listed && !s.Partial:
			e.unlist(f)
		case s.Partial || f.seen > s.At.UnixNano():
			f.fill(&e.scratch)
			e.queue.Observe(&e.scratch, time.Unix(0, f.seen))
		}
	}
}

// Task returns the estimate of when a task will be done, as of now. For a task that has ended
// it returns the last estimate. It is false if nothing is known.
func (e *Estimator) Task(t *koji.Task, now time.Time) (forecast.Estimate, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t.State.Final() || e.ended.has(t.ID) {
		g, _ := e.ended.estimates.Get(t.ID)
		return g.at(t.State)
	}
	f := e.tasks[t.ID]
	if f == nil {
		f = e.track(t, now)
	}
	est, raw := e.forecast(f, now)
	f.estimates.record(&f.record, &est, &raw, now)
	return est, est.Known()
}

// Lookup returns the estimate for a followed task by its id. It is false if nothing is known
// of the task. Lookup does not change the estimator.
func (e *Estimator) Lookup(id int64, now time.Time) (forecast.Estimate, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f := e.tasks[id]
	if f == nil || f.run.Method == "" {
		return forecast.Estimate{}, false
	}
	est, _ := e.forecast(f, now)
	return est, est.Known()
}

// Follows reports whether a task is followed, which has not ended then.
func (e *Estimator) Follows(id int64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tasks[id] != nil
}

// FreePlace returns when a task created now would start, in the channel with this id on an
// arch; zero if unknown.
func (e *Estimator) FreePlace(channel int64, arch string, now time.Time) time.Time {
	s, _ := e.queue.Expect(&koji.Task{State: koji.TaskFree, Channel: koji.Ref{ID: channel}, Arch: arch, Created: now}, now)
	return s.Likely
}

// Scores returns the scores of the estimates of tasks that have ended.
func (e *Estimator) Scores() *score.Card {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.scores.Clone()
}

// Changes returns what was learnt since the last time it was asked, for a store.
func (e *Estimator) Changes() *history.Changes {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.past.Changes()
}

// Stats describes what an estimator knows.
type Stats struct {
	Following int // tasks that have not ended
	Learnt    int // averages in the history
}

// Stats returns the current statistics.
func (e *Estimator) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Stats{len(e.tasks), e.past.Len()}
}
