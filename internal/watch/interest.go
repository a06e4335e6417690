package watch

import (
	"sync"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Interest matches the events that change what is shown. It is safe for concurrent use.
type Interest struct {
	which live.TasksOptions

	mu    sync.Mutex
	tasks map[int64]bool // nil: not known yet, and every task may be one
}

// NewInterest returns the interest in tasks and their descendants.
func NewInterest(which live.TasksOptions) *Interest { return &Interest{which: which} }

// set sets the tasks that are shown.
func (in *Interest) set(answers []*live.Answer) {
	tasks := map[int64]bool{}
	var add func(*forecast.Node)
	add = func(n *forecast.Node) {
		tasks[n.Task.ID] = true
		for _, c := range n.Children {
			add(c)
		}
	}
	for _, a := range answers {
		add(a.Node)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.tasks = tasks
}

// Matches reports whether an event changes what is shown.
func (in *Interest) Matches(e *event.Event) bool {
	if e.Task == nil {
		return false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.tasks == nil || in.tasks[e.Task.ID] || in.tasks[e.Task.Parent] || in.begins(e.Task)
}

// begins reports whether a task is one that the filter finds.
func (in *Interest) begins(t *koji.Task) bool {
	f := in.which.Filter
	switch {
	case f == nil, t.State.Final():
		return false
	case f.TopLevel && t.Parent != 0, f.Method != "" && f.Method != t.Method:
		return false
	case f.Owner != 0 && t.Owner.ID != 0 && f.Owner != t.Owner.ID:
		return false
	}
	return in.which.Accept == nil || in.which.Accept(t)
}
