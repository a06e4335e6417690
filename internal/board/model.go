package board

import (
	"cmp"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// The bounds of a model. What was seen longest ago goes first.
const (
	maxTasks  = 20_000
	maxBuilds = 10_000
	// keepEnded is how long what has ended is shown, and keepLive after which time without
	// a word something is believed to have ended unseen.
	keepEnded = 6 * time.Hour
	keepLive  = 7 * 24 * time.Hour
	// maxEstimates is how many tasks are estimated anew at a time.
	maxEstimates = 1000
	// maxDepth is how deep trees of tasks are.
	maxDepth = 8
)

// model is the state: tasks and builds by id, and the entries made of them.
type model struct {
	tasks    map[int64]*Task
	children map[int64][]int64 // of tasks, also of those that are not known
	builds   map[int64]*Build
	buildOf  map[int64]int64 // task to build
	runs     runs
	told     runs // what snapshots have of them; nil: not as they are

	places map[queueKey]time.Time // when there is a free one
	moved  bool                   // those have changed since the last snapshot

	version uint64
	dirty   map[entryID]bool
	entries map[entryID]*Entry
	asked   int64 // the last task that was estimated anew
}

// entryID names an entry: by its top-level task, else by its build.
type entryID struct{ task, build int64 }

func newModel() *model {
	return &model{
		tasks: map[int64]*Task{}, children: map[int64][]int64{}, builds: map[int64]*Build{}, buildOf: map[int64]int64{},
		runs: runs{}, dirty: map[entryID]bool{}, entries: map[entryID]*Entry{},
	}
}

func (m *model) apply(u *update) {
	switch {
	case u.task != nil:
		m.applyTask(u.task)
	case u.build != nil:
		m.applyBuild(u)
	case u.listed != nil:
		m.dropUnless(func(t *Task) bool { return u.listed.tasks[t.ID] || !t.seen.Before(u.listed.at) })
	}
}

func (m *model) applyTask(n *Task) {
	t := m.tasks[n.ID]
	if t == nil {
		m.addTask(n)
		t = n
	} else {
		state, parent := t.State, t.Parent
		t.merge(n)
		if parent != t.Parent {
			m.displace(t.ID, parent)
			m.place(t)
		}
		if state == koji.TaskOpen && t.State == koji.TaskClosed {
			m.runs.note(t)
			m.told = nil
		}
	}
	if t.State == koji.TaskOpen && t.Predicted == 0 {
		t.Predicted = t.Estimate.Duration
	}
	m.touch(t.ID)
}

// addTask adds a task that was not known. What is below it, or was made by it, is not an
// entry any more.
func (m *model) addTask(t *Task) {
	if len(m.tasks) >= maxTasks {
		m.dropOldestTasks()
	}
	m.tasks[t.ID] = t
	m.place(t)
	if b := m.buildOf[t.ID]; b != 0 {
		m.dirty[entryID{build: b}] = true
	}
	for _, child := range m.children[t.ID] {
		m.dirty[entryID{task: child}] = true
	}
}

// place puts a task below its parent.
func (m *model) place(t *Task) {
	if t.Parent != 0 {
		m.children[t.Parent] = append(m.children[t.Parent], t.ID)
		m.dirty[entryID{task: t.ID}] = true
	}
}

// displace takes a task from below a parent.
func (m *model) displace(id, parent int64) {
	siblings := slices.DeleteFunc(m.children[parent], func(c int64) bool { return c == id })
	if len(siblings) > 0 {
		m.children[parent] = siblings
	} else {
		delete(m.children, parent)
	}
	m.touch(parent)
}

func (m *model) applyBuild(u *update) {
	b := m.builds[u.build.ID]
	if b == nil {
		if len(m.builds) >= maxBuilds {
			m.dropOldestBuilds()
		}
		b = u.build
		m.builds[b.ID] = b
	} else {
		b.merge(u.build)
	}
	if u.tag != "" {
		b.Tags = retag(b.Tags, u.tag, u.tagged)
	}
	if b.TaskID != 0 && m.buildOf[b.TaskID] != b.ID {
		m.buildOf[b.TaskID] = b.ID
		m.dirty[entryID{build: b.ID}] = true
	}
	m.touchBuild(b)
}

// touch has the entry of a task made anew.
func (m *model) touch(id int64) { m.dirty[entryID{task: m.rootOf(id)}] = true }

func (m *model) touchBuild(b *Build) {
	if m.tasks[b.TaskID] != nil {
		m.touch(b.TaskID)
		return
	}
	m.dirty[entryID{build: b.ID}] = true
}

// rootOf returns the topmost of the known tasks above one.
func (m *model) rootOf(id int64) int64 {
	for range maxDepth {
		t := m.tasks[id]
		if t == nil || m.tasks[t.Parent] == nil {
			break
		}
		id = t.Parent
	}
	return id
}

// estimate asks anew when what has not ended will be done, some of it at a time.
func (m *model) estimate(e Estimator, now time.Time) {
	if e == nil {
		return
	}
	m.findPlaces(e, now)
	var live []int64
	for id, t := range m.tasks {
		if t.Live() {
			live = append(live, id)
		}
	}
	slices.Sort(live)
	from, _ := slices.BinarySearch(live, m.asked+1)
	for n := range min(len(live), maxEstimates) {
		id := live[(from+n)%len(live)]
		m.asked = id
		if est := e.Estimate(id, now); est.Known() && est.differs(&m.tasks[id].Estimate) {
			m.tasks[id].Estimate = est
			m.touch(id)
		}
	}
}

// differs reports whether an estimate says something else to a reader.
func (e *Estimate) differs(o *Estimate) bool {
	return e.Overdue != o.Overdue || e.Ahead != o.Ahead || e.Reason != o.Reason || apart(e.CompletionAt, o.CompletionAt) || apart(e.StartsAt, o.StartsAt) ||
		apart(e.Low, o.Low) || apart(e.High, o.High) || e.Log.differs(o.Log)
}

func apart(a, b time.Time) bool {
	d := a.Sub(b)
	return d > 2*time.Second || d < -2*time.Second
}

// expire forgets what has ended long ago, or of which nothing was heard for long.
func (m *model) expire(now time.Time) {
	for id, e := range m.entries {
		keep := keepEnded
		if e.State.Live() {
			keep = keepLive
		}
		if now.Sub(e.seen) > keep {
			m.drop(id)
		}
	}
}

// dropUnless drops tasks that have not ended, as far as the board knows, but do not live: their
// end was missed.
func (m *model) dropUnless(lives func(*Task) bool) {
	for id, t := range m.tasks {
		if t.Live() && !lives(t) {
			root := m.rootOf(id)
			m.dropTask(id)
			m.dirty[entryID{task: root}] = true
		}
	}
}

// drop forgets an entry and all that is in it.
func (m *model) drop(id entryID) {
	if id.task != 0 {
		m.dropTree(id.task, maxDepth)
	} else {
		delete(m.builds, id.build)
	}
	m.dirty[id] = true
}

func (m *model) dropTree(id int64, depth int) {
	below := slices.Clone(m.children[id])
	m.dropTask(id)
	if depth == 0 {
		return
	}
	for _, child := range below {
		m.dropTree(child, depth-1)
	}
}

func (m *model) dropTask(id int64) {
	t := m.tasks[id]
	if t == nil {
		return
	}
	if b := m.buildOf[id]; b != 0 {
		delete(m.builds, b)
		delete(m.buildOf, id)
	}
	delete(m.tasks, id)
	m.displace(id, t.Parent)
	for _, child := range m.children[id] {
		m.dirty[entryID{task: child}] = true
	}
	m.dirty[entryID{task: id}] = true
}

// dropOldestTasks makes room: first of what has ended.
func (m *model) dropOldestTasks() {
	all := make([]*Task, 0, len(m.tasks))
	for _, t := range m.tasks {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *Task) int {
		if a.Live() != b.Live() {
			return cmp.Compare(truth(a.Live()), truth(b.Live()))
		}
		return a.seen.Compare(b.seen)
	})
	for _, t := range all[:len(all)/10] {
		m.dropTask(t.ID)
	}
}

func (m *model) dropOldestBuilds() {
	all := make([]*Build, 0, len(m.builds))
	for _, b := range m.builds {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *Build) int { return a.seen.Compare(b.seen) })
	for _, b := range all[:len(all)/10] {
		delete(m.buildOf, b.TaskID)
		delete(m.builds, b.ID)
		m.touchBuild(b)
		m.dirty[entryID{build: b.ID}] = true
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
