package estimates

import (
	"cmp"
	"slices"
	"time"
	"unique"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/koji"
)

// trackedTask is a task that has not ended, or that has but whose parent has not.
type trackedTask struct {
	record
	children  []*trackedTask
	restarted bool  // its run, or one below it, was begun again
	idle      bool  // nothing stood in its way when it began to wait
	listed    bool  // only the hub's list has told of it
	seen      int64 // when an event was last about it, in ns since 1970
	estimates estimateLog
	log       *logTrace // nil: nobody has looked at it
}

// maxChildren bounds how many children of a task are looked at.
const maxChildren = 200

// track returns what is known of a task, with what an event says of it.
func (e *Estimator) track(t *koji.Task, at time.Time) *trackedTask {
	f := e.tasks[t.ID]
	if f == nil {
		f = e.newTracked(t.ID, at)
	}
	known := f.run.Method != ""
	if !known || !stale(&f.record, t) {
		f.restarted = f.restarted || restarts(&f.record, t)
		f.take(t)
	}
	f.seen = at.UnixNano()
	if !known || f.listed {
		e.place(f, t)
		f.idle = f.state == koji.TaskFree && e.queue.Idle(t)
	}
	f.listed = false
	return f
}

// list follows a task that the hub lists and of which no event was seen. Since when it
// waits or runs as it does, nobody has seen: it is not compared with what was estimated.
func (e *Estimator) list(t *koji.Task, at time.Time) {
	f := e.tasks[t.ID]
	if t.ID == 0 || t.State == koji.TaskUnknown || t.State.Final() || e.ended.has(t.ID) || f != nil && f.run.Method != "" && !f.listed {
		return
	}
	if f == nil {
		f = e.newTracked(t.ID, at)
	}
	f.restarted = f.restarted || restarts(&f.record, t)
	f.take(t)
	f.seen, f.listed = at.UnixNano(), true
	e.place(f, t)
}

// unlist forgets a task that the hub does not list any more.
func (e *Estimator) unlist(f *trackedTask) {
	delete(e.tasks, f.id)
	if parent := e.tasks[f.parent]; parent != nil {
		parent.children = slices.DeleteFunc(parent.children, func(c *trackedTask) bool { return c == f })
	}
}

func (e *Estimator) newTracked(id int64, at time.Time) *trackedTask {
	if len(e.tasks) >= e.opts.Follow {
		e.forgetOldest()
	}
	f := &trackedTask{seen: at.UnixNano()}
	f.id = id
	e.tasks[id] = f
	return f
}

// place puts a task below its parent. One whose parent was not seen yet gets it from
// later events.
func (e *Estimator) place(f *trackedTask, t *koji.Task) {
	if f.parent == 0 || e.ended.has(f.parent) {
		f.run = runOf(t, nil)
		return
	}
	parent := e.tasks[f.parent]
	if parent == nil {
		parent = e.newTracked(f.parent, time.Unix(0, f.seen))
	}
	if len(parent.children) < maxChildren && !slices.Contains(parent.children, f) {
		parent.children = append(parent.children, f)
	}
	f.run = runOf(t, &parent.record)
}

// stale reports whether an event was overtaken by one of a later state. A task that
// goes back to FREE keeps the time of its start.
func stale(known *record, t *koji.Task) bool {
	switch {
	case t.State.Final():
		return false
	case known.state == koji.TaskOpen && t.State != koji.TaskOpen:
		return t.Started.IsZero()
	}
	return known.state == koji.TaskAssigned && t.State == koji.TaskFree && t.Started.IsZero() && t.Host.ID != 0
}

// restarts reports whether an event says that a task runs, or will, for a second time.
func restarts(known *record, t *koji.Task) bool {
	switch t.State {
	case koji.TaskFree, koji.TaskAssigned:
		return known.state == koji.TaskOpen || !t.Started.IsZero()
	}
	// A start that is said to have been earlier than was said before is a correction.
	return known.started != 0 && t.Started.Sub(timeOf(known.started)) > time.Second
}

// runOf describes the run of a task.
func runOf(t *koji.Task, parent *record) history.Run {
	r := history.Run{Method: t.Method, Package: t.Package(), Target: targetOf(t), Scratch: t.Request.Scratch.Value}
	r.Arch = t.Request.Arch
	if r.Arch == "" && forecast.PhaseOf(t) == forecast.Arches {
		r.Arch = cmp.Or(t.Label, t.Arch)
	}
	if parent != nil {
		r.Package, r.Target = cmp.Or(r.Package, parent.pkg), cmp.Or(r.Target, parent.target)
		r.Scratch = r.Scratch || parent.run.Scratch
	}
	for _, text := range []*string{&r.Method, &r.Package, &r.Target, &r.Arch} {
		*text = unique.Make(*text).Value()
	}
	return r
}

func targetOf(t *koji.Task) string { return cmp.Or(t.Request.Target.Name, t.Request.Tag.Name) }

// forgetOldest makes room: some tasks are never seen to end.
func (e *Estimator) forgetOldest() {
	type aged struct{ seen, id int64 }
	list := make([]aged, 0, len(e.tasks))
	for id, f := range e.tasks {
		list = append(list, aged{f.seen, id})
	}
	slices.SortFunc(list, func(a, b aged) int { return cmp.Or(cmp.Compare(a.seen, b.seen), cmp.Compare(a.id, b.id)) })
	for _, old := range list[:max(1, len(list)/10)] {
		delete(e.tasks, old.id)
		e.queue.Forget(old.id)
	}
}
