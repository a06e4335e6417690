package estimates

import (
	"cmp"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/koji"
)

// trackedTask is a task that has not ended, or that has but whose parent has not.
type trackedTask struct {
	task      koji.Task // what is needed of it
	run       history.Run
	children  []*trackedTask
	restarted bool // its run, or one below it, was begun again
	idle      bool // nothing stood in its way when it began to wait
	seen      time.Time
	estimates estimateLog
}

// maxChildren bounds how many children of a task are looked at.
const maxChildren = 200

// track returns what is known of a task, with what an event says of it.
func (e *Estimator) track(t *koji.Task, at time.Time) *trackedTask {
	f := e.tasks[t.ID]
	if f == nil {
		f = e.newTracked(t.ID, at)
	}
	fresh := f.task.Method == ""
	if fresh || !stale(&f.task, t) {
		f.restarted = f.restarted || restarts(&f.task, t)
		f.take(t)
	}
	f.seen = at
	if fresh {
		e.place(f)
		f.idle = t.State == koji.TaskFree && e.queue.Idle(t)
	}
	return f
}

func (e *Estimator) newTracked(id int64, at time.Time) *trackedTask {
	if len(e.tasks) >= e.opts.Follow {
		e.forgetOldest()
	}
	f := &trackedTask{seen: at}
	f.task.ID = id
	e.tasks[id] = f
	return f
}

// place puts a task below its parent. One whose parent was not seen yet gets it from
// later events.
func (e *Estimator) place(f *trackedTask) {
	if f.task.Parent == 0 || e.ended.has(f.task.Parent) {
		f.run = runOf(&f.task, nil)
		return
	}
	parent := e.tasks[f.task.Parent]
	if parent == nil {
		parent = e.newTracked(f.task.Parent, f.seen)
	}
	if len(parent.children) < maxChildren {
		parent.children = append(parent.children, f)
	}
	f.run = runOf(&f.task, parent)
}

// take copies what is needed of a task: the event that it belongs to may be used again.
func (f *trackedTask) take(t *koji.Task) {
	pkg, target := f.task.Request.Package, f.task.Request.Target
	f.task = koji.Task{
		ID: t.ID, Parent: t.Parent, Method: t.Method, State: t.State, Label: t.Label, Arch: t.Arch,
		Channel: t.Channel, Host: t.Host, Priority: t.Priority, Weight: t.Weight, Waiting: t.Waiting,
		Created: t.Created, Started: t.Started, Ended: t.Ended,
	}
	r := &f.task.Request
	r.Package, r.Target, r.Tag, r.Arch, r.Scratch = t.Package(), t.Request.Target, t.Request.Tag, t.Request.Arch, t.Request.Scratch
	if pkg != "" {
		r.Package = pkg // what it was said for has to be what is learnt from it
	}
	if r.Target.IsZero() {
		r.Target = target
	}
}

// stale reports whether an event was overtaken by one of a later state. A task that
// goes back to FREE keeps the time of its start.
func stale(known, t *koji.Task) bool {
	switch {
	case t.State.Final():
		return false
	case known.State == koji.TaskOpen && t.State != koji.TaskOpen:
		return t.Started.IsZero()
	}
	return known.State == koji.TaskAssigned && t.State == koji.TaskFree && t.Started.IsZero() && t.Host.ID != 0
}

// restarts reports whether an event says that a task runs, or will, for a second time.
func restarts(known, t *koji.Task) bool {
	switch t.State {
	case koji.TaskFree, koji.TaskAssigned:
		return known.State == koji.TaskOpen || !t.Started.IsZero()
	}
	// A start that is said to have been earlier than was said before is a correction.
	return !known.Started.IsZero() && t.Started.Sub(known.Started) > time.Second
}

// runOf says what a task is a run of.
func runOf(t *koji.Task, parent *trackedTask) history.Run {
	r := history.Run{Method: t.Method, Package: t.Request.Package, Scratch: t.Request.Scratch.Value}
	r.Target = cmp.Or(t.Request.Target.Name, t.Request.Tag.Name)
	r.Arch = t.Request.Arch
	if r.Arch == "" && forecast.PhaseOf(t) == forecast.Arches {
		r.Arch = cmp.Or(t.Label, t.Arch)
	}
	if parent != nil {
		up := &parent.task.Request
		r.Package = cmp.Or(r.Package, up.Package)
		r.Target = cmp.Or(r.Target, up.Target.Name, up.Tag.Name)
		r.Scratch = r.Scratch || up.Scratch.Value
	}
	return r
}

// forgetOldest makes room: some tasks are never seen to end.
func (e *Estimator) forgetOldest() {
	list := make([]*trackedTask, 0, len(e.tasks))
	for _, f := range e.tasks {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *trackedTask) int {
		return cmp.Or(a.seen.Compare(b.seen), cmp.Compare(a.task.ID, b.task.ID))
	})
	for _, f := range list[:max(1, len(list)/10)] {
		delete(e.tasks, f.task.ID)
	}
}
