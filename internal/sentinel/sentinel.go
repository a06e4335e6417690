package sentinel

import (
	"cmp"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Options say what a sentinel looks for, and what it goes by beside the events.
type Options struct {
	// Kinds are the alerts that are wanted. Default: none.
	Kinds []Kind
	// Estimates tell how long tasks should run. Without them there is no TaskOverdue and no
	// HostSlow, and HostSilent does not see tasks that do not end. Default: none.
	Estimates Estimates
	// Logs tell whether the log of a task still grows. Without it there is no TaskOverdue.
	// Default: none.
	Logs Logs
}

// Estimates tell how long tasks should run.
type Estimates interface {
	// Duration returns how long a task will run from its start, most likely and in nine
	// cases of ten at most; 0 if that is not known.
	Duration(task int64, now time.Time) (likely, high time.Duration)
}

// Logs tell whether the logs of tasks still grow.
type Logs interface {
	// Silent returns for how long the log of a task has not grown; 0 if it has, or if that
	// is not known.
	Silent(task int64, now time.Time) time.Duration
}

// Sentinel watches a build system. It is safe for concurrent use.
type Sentinel struct {
	opts Options

	mu      sync.Mutex
	began   time.Time // of the first event
	now     time.Time // of the last event or check
	tasks   map[int64]*task
	ended   map[int64]struct{} // the last tasks that have ended, whose late events do not count
	order   ring[int64]        // the same, in order
	hosts   map[string]*host
	queues  map[queueKey]*queue
	targets map[string]*target
	tags    map[string]*tag
	arches  map[string]*arch // to compare one host with the others

	firing map[alertKey]*Alert
}

// alertKey identifies an alert.
type alertKey struct {
	Kind
	Subject
}

// The memory of a sentinel is bounded: beyond so many, the ones that were heard of least
// lately are forgotten.
const (
	maxTasks  = 50_000
	maxEnded  = 10_000
	maxHosts  = 5_000
	maxQueues = 2_000
	maxNames  = 5_000 // targets, tags
	maxArches = 200
	maxServed = 200   // queues that one host takes tasks of
	maxAlerts = 1_000 // of which more tell nobody anything
)

// New returns a sentinel that has seen nothing yet.
func New(o Options) *Sentinel {
	return &Sentinel{
		opts: o, tasks: map[int64]*task{}, ended: map[int64]struct{}{}, hosts: map[string]*host{},
		queues: map[queueKey]*queue{}, targets: map[string]*target{}, tags: map[string]*tag{},
		arches: map[string]*arch{}, firing: map[alertKey]*Alert{},
	}
}

// Observe takes in what an event says of a task at a point in time. Events may come
// twice, and those of a task that has ended late.
func (s *Sentinel) Observe(k *koji.Task, at time.Time) {
	if k.ID == 0 || k.State == koji.TaskUnknown {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass(at)
	if _, ended := s.ended[k.ID]; ended {
		return
	}
	t := s.tasks[k.ID]
	if t == nil {
		if k.State.Final() {
			s.noteEnd(k.ID)
			return // nothing is known of its run
		}
		t = s.track(k)
	}
	was := *t
	t.take(k, at)
	if t.state == was.state {
		return
	}
	s.adopt(t)
	switch {
	case t.state == koji.TaskAssigned:
		s.given(t, at)
	case t.state == koji.TaskOpen:
		s.opened(t, at)
	case t.state == koji.TaskFree && was.state == koji.TaskOpen:
		t.freed++
		s.lost(&was, at)
	case t.state.Final():
		s.close(t, &was, at)
	}
}

// pass lets time go on. It never goes back.
func (s *Sentinel) pass(at time.Time) {
	if s.began.IsZero() {
		s.began = at
	}
	if at.After(s.now) {
		s.now = at
	}
}

// track begins to follow a task.
func (s *Sentinel) track(k *koji.Task) *task {
	if len(s.tasks) >= maxTasks {
		forget(s.tasks, func(t *task) time.Time { return t.since })
	}
	t := &task{Ref: koji.Ref{ID: k.ID}}
	s.tasks[k.ID] = t
	return t
}

// adopt counts a task among its parent's children for as long as it has not ended.
func (s *Sentinel) adopt(t *task) {
	p := s.tasks[t.parent]
	if p == nil {
		return
	}
	switch final := t.state.Final(); {
	case !final && !t.counted:
		p.children, t.counted = p.children+1, true
	case final && t.counted:
		p.children--
	}
	t.pkg, t.target = cmp.Or(t.pkg, p.pkg), cmp.Or(t.target, p.target)
	t.scratch = t.scratch || p.scratch
}

// opened notes that a task has begun to run.
func (s *Sentinel) opened(t *task, at time.Time) {
	if s.opts.Estimates != nil {
		likely, high := s.opts.Estimates.Duration(t.ID, at)
		t.likely, t.late = likely, lateAfter(likely, high)
	}
	s.given(t, at)
	s.queue(t.queue, at).started(t, at)
}

// close forgets a task and notes how it ended.
func (s *Sentinel) close(t, was *task, at time.Time) {
	delete(s.tasks, t.ID)
	s.noteEnd(t.ID)
	if t.state == koji.TaskCanceled {
		return // people's doing
	}
	if was.state == koji.TaskOpen {
		s.ranOn(t, was, at)
	}
	s.built(t, at)
	s.regenerated(t, at)
}

func (s *Sentinel) noteEnd(id int64) {
	if len(s.order.values) == maxEnded {
		delete(s.ended, s.order.values[s.order.next])
	}
	s.order.add(id, maxEnded)
	s.ended[id] = struct{}{}
}

// settle is how long a sentinel watches before it says anything: it has to see first
// what is usual.
const settle = 30 * time.Minute

// Check returns the alerts that have begun or ended by a point in time.
func (s *Sentinel) Check(now time.Time) []Alert {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass(now)
	if s.now.Sub(s.began) < settle {
		return nil
	}
	found := map[alertKey]Alert{}
	for _, kind := range s.opts.Kinds {
		find := s.finder(kind)
		if find == nil {
			continue
		}
		find(func(a Alert) {
			a.Kind, a.Severity, a.Since = kind, kind.severity(), s.now
			found[alertKey{kind, a.Subject}] = a
		})
	}
	return append(s.begin(found), s.resolve(found)...)
}

// finder returns what looks for a kind of alert.
func (s *Sentinel) finder(k Kind) func(report func(Alert)) {
	switch k {
	case TaskOverdue:
		return s.findOverdue
	case TaskFreed:
		return s.findFreed
	case TaskWaiting:
		return s.findWaiting
	case QueueStalled:
		return s.findStalled
	case HostFailing:
		return s.findFailingHosts
	case HostSlow:
		return s.findSlowHosts
	case HostSilent:
		return s.findSilentHosts
	case RepoStale:
		return s.findStaleRepos
	case TargetFailing:
		return s.findFailingTargets
	}
	return nil
}

// begin returns the alerts that are new.
func (s *Sentinel) begin(found map[alertKey]Alert) []Alert {
	var begun []Alert
	for key, a := range found {
		if known := s.firing[key]; known != nil {
			known.Until = time.Time{}
			known.Evidence, known.Tasks = a.Evidence, a.Tasks
			continue
		}
		if len(s.firing) >= maxAlerts {
			continue
		}
		kept := a
		s.firing[key] = &kept
		begun = append(begun, a)
	}
	inOrder(begun)
	return begun
}

// hold is how long nothing must be found before an alert counts as resolved, so that one
// that comes and goes is one alert.
const hold = 10 * time.Minute

// resolve returns the alerts that have ended.
func (s *Sentinel) resolve(found map[alertKey]Alert) []Alert {
	var ended []Alert
	for key, a := range s.firing {
		if _, still := found[key]; still {
			continue
		}
		if a.Until.IsZero() {
			a.Until = s.now
		}
		if s.now.Sub(a.Until) < hold && s.alive(key) {
			continue
		}
		a.Resolved = true
		delete(s.firing, key)
		ended = append(ended, *a)
	}
	inOrder(ended)
	return ended
}

// alive reports whether what an alert is about is still there: of a task that has ended
// nothing can come back.
func (s *Sentinel) alive(key alertKey) bool { return key.Task == 0 || s.tasks[key.Task] != nil }

// Firing returns the alerts that have begun and not ended.
func (s *Sentinel) Firing() []Alert {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Alert, 0, len(s.firing))
	for _, a := range s.firing {
		all = append(all, *a)
	}
	inOrder(all)
	return all
}

// Restore takes in alerts that were firing when an earlier sentinel ended, so that they do not
// begin anew. It is to be called before anything else.
func (s *Sentinel) Restore(firing []Alert) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range firing[:min(len(firing), maxAlerts)] {
		kept := a
		kept.Resolved, kept.Until = false, time.Time{}
		s.firing[alertKey{a.Kind, a.Subject}] = &kept
	}
}
