package buildsystem

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
	"github.com/kojiwatch/kojiwatch/internal/buildlog"
	"github.com/kojiwatch/kojiwatch/koji"
)

// The bounds of what is remembered.
const (
	maxTasks = 50_000
	// maxEnded is how many of the last tasks and builds that ended are remembered, so that
	// one of which is told twice is counted once.
	maxEnded = 1 << 16
	// keepSilent is after which time without a word a task is believed to have ended unseen.
	keepSilent = 7 * 24 * time.Hour
)

// Options say what a system goes by. The zero value is usable.
type Options struct {
	// StartsAt returns when a waiting task will start, the zero time where that is not known.
	// Default: it is as the events have it.
	StartsAt func(task int64, now time.Time) time.Time
	// Now is the time of the build system. Default: time.Now.
	Now func() time.Time
}

// System holds the tasks that have not ended, and the counts. It may be used by several
// goroutines.
type System struct {
	opts Options

	mu       sync.Mutex
	tasks    map[int64]*task
	children map[int64]int // of tasks that have not ended, by their parent

	endedTasks  *boundedcache.Cache[int64, struct{}]
	failedTasks *boundedcache.Cache[int64, struct{}] // of which the cause is counted
	endedBuilds *boundedcache.Cache[int64, koji.BuildState]

	rows     names[queueKey]
	works    names[Work]
	targets  names[string]
	waits    map[Work]*Histogram
	runs     map[Work]*Histogram
	ends     map[End]uint64
	builds   map[BuildEnd]uint64
	failures map[buildlog.Kind]uint64
}

// New returns a system of which nothing is known yet.
func New(o Options) *System {
	if o.Now == nil {
		o.Now = time.Now
	}
	failures := map[buildlog.Kind]uint64{}
	for _, kind := range buildlog.Kinds() {
		failures[kind] = 0
	}
	return &System{
		opts: o, tasks: map[int64]*task{}, children: map[int64]int{},
		endedTasks:  boundedcache.New[int64, struct{}](maxEnded),
		failedTasks: boundedcache.New[int64, struct{}](maxEnded),
		endedBuilds: boundedcache.New[int64, koji.BuildState](maxEnded),
		rows:        newNames(maxRows, queueKey{Other, Other}), works: newNames(maxWorks, Work{Other, Other}), targets: newNames(maxTargets, Other),
		waits: map[Work]*Histogram{}, runs: map[Work]*Histogram{}, ends: map[End]uint64{}, builds: map[BuildEnd]uint64{},
		failures: failures,
	}
}

// Observe takes in an event. It keeps nothing of its memory.
func (s *System) Observe(e *event.Event) {
	seen := e.ReceivedAt
	if seen.IsZero() {
		seen = s.opts.Now()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case e.Type == event.TaskStateChange && e.Task != nil && e.Task.ID > 0:
		s.observeTask(e, seen)
	case e.Type == event.BuildStateChange && e.Build != nil && e.Build.ID > 0:
		s.observeBuild(e.Build)
	}
}

func (s *System) observeTask(e *event.Event, seen time.Time) {
	s.noteFailure(e)
	if _, ended := s.endedTasks.Get(e.Task.ID); ended {
		return
	}
	t := s.follow(e.Task, seen)
	if e.Estimate != nil {
		t.startsAt = e.Estimate.StartsAt
	}
	freed := e.Old == koji.TaskOpen.String() || e.Old == koji.TaskAssigned.String()
	t.change(e.Task.State, seen, freed)
	if e.Task.State == koji.TaskOpen || e.Task.State.Final() {
		s.noteStart(t, e.Task, seen)
	}
	if e.Task.State.Final() {
		s.noteEnd(t, e.Task, seen)
	}
}

// noteStart notes how long a task waited, when it starts for the first time.
func (s *System) noteStart(t *task, record *koji.Task, seen time.Time) {
	if !record.Started.IsZero() {
		t.started = record.Started
	} else if t.started.IsZero() && record.State == koji.TaskOpen {
		t.started = seen
	}
	if t.counted || t.started.IsZero() {
		return
	}
	t.counted = true
	observe(s.waits, s.works.of(t.work()), t.created, t.started)
}

// noteEnd counts the end of a task and forgets the task. How long it ran is counted if it
// did its work.
func (s *System) noteEnd(t *task, record *koji.Task, seen time.Time) {
	w := s.works.of(t.work())
	s.ends[End{w.Method, outcomeOfTask(record.State)}]++
	if record.State == koji.TaskClosed {
		ended := record.Ended
		if ended.IsZero() {
			ended = seen
		}
		observe(s.runs, w, t.started, ended)
	}
	s.forget(t)
	s.endedTasks.Put(t.id, struct{}{})
}

// noteFailure counts why a top-level task failed. Those below it failed for the same reason,
// or do not matter.
func (s *System) noteFailure(e *event.Event) {
	if e.Failure == nil || e.Task.Parent != 0 || e.Task.State != koji.TaskFailed {
		return
	}
	if _, counted := s.failedTasks.Get(e.Task.ID); counted {
		return
	}
	s.failedTasks.Put(e.Task.ID, struct{}{})
	kind := buildlog.Kind(e.Failure.Kind)
	if _, known := s.failures[kind]; !known {
		kind = buildlog.Other
	}
	s.failures[kind]++
}

func (s *System) observeBuild(b *koji.Build) {
	outcome := outcomeOfBuild(b.State)
	if outcome == "" {
		return
	}
	if before, ended := s.endedBuilds.Get(b.ID); ended && before == b.State {
		return
	}
	s.endedBuilds.Put(b.ID, b.State)
	s.builds[BuildEnd{s.targets.of(strings.Clone(label(b.Target, None))), outcome}]++
}

// Load takes in tasks that have not ended as the hub listed them at a time. Where the list
// is whole, tasks that it does not name and that no event was about since have ended unseen.
func (s *System) Load(tasks []koji.Task, at time.Time, whole bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	listed := make(map[int64]bool, len(tasks))
	for i := range tasks {
		record := &tasks[i]
		listed[record.ID] = true
		if _, ended := s.endedTasks.Get(record.ID); ended || record.ID <= 0 || record.State.Final() {
			continue
		}
		t := s.follow(record, at)
		t.change(record.State, at, true)
		if record.State == koji.TaskOpen { // it started before anybody looked
			t.started, t.counted = record.Started, true
		}
	}
	if !whole {
		return
	}
	for id, t := range s.tasks {
		if !listed[id] && t.seen.Before(at) {
			s.forget(t)
		}
	}
}

// follow returns the task of a record, with what is new in it.
func (s *System) follow(record *koji.Task, seen time.Time) *task {
	t := s.tasks[record.ID]
	if t == nil {
		if len(s.tasks) >= maxTasks {
			s.forgetOldest()
		}
		t = &task{id: record.ID, seen: seen}
		s.tasks[t.id] = t
	}
	if record.Parent != 0 && record.Parent != t.parent {
		s.leave(t.parent)
		t.parent = record.Parent
		s.children[t.parent]++
	}
	t.learn(record)
	return t
}

func (s *System) forget(t *task) {
	if s.tasks[t.id] == t {
		delete(s.tasks, t.id)
		s.leave(t.parent)
	}
}

// leave takes a child from a parent.
func (s *System) leave(parent int64) {
	if s.children[parent]--; s.children[parent] <= 0 {
		delete(s.children, parent)
	}
}

// forgetOldest makes room by forgetting the tenth that was heard of longest ago.
func (s *System) forgetOldest() {
	all := make([]*task, 0, len(s.tasks))
	for _, t := range s.tasks {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *task) int {
		return cmp.Or(a.seen.Compare(b.seen), cmp.Compare(a.id, b.id))
	})
	for _, t := range all[:len(all)/10] {
		s.forget(t)
	}
}

// forgetSilent forgets tasks of which nothing was heard for long.
func (s *System) forgetSilent(now time.Time) {
	for _, t := range s.tasks {
		if now.Sub(t.seen) > keepSilent {
			s.forget(t)
		}
	}
}
