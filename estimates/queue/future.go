package queue

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Parents predicts the children that tasks will create: in a mass rebuild, most of the work
// ahead does not exist as tasks yet. A [Runs] may implement it.
type Parents interface {
	// Children returns the children that a task will create and has not created yet. They
	// have the channel of their parent and go right before others of its priority.
	Children(t *koji.Task) []Child
}

// Child is a task that will be created.
type Child struct {
	// First reports that it is created as soon as the parent runs, before others.
	First  bool
	Method string
	Arch   string
	Run    time.Duration // how long it will run
}

// futureChildren are the tasks that a task will make below itself.
type futureChildren struct {
	rank         rank
	gone         bool
	method       string // of the children, but for the first ones
	first        int    // how many of the reservations are for those
	reservations []reservation
}

// reservation is a place that will be needed for a while.
type reservation struct {
	bin  *bin
	hold time.Duration
}

// futureRank is the rank of the children to come of a task. Once it runs they go before
// others of its priority, but after the children of others that are there already. While
// it waits nothing can go before it that it makes.
//
// Source: the priority that a builder's session.host.subtask gives.
func futureRank(t *koji.Task) rank {
	r := rankOf(t)
	r.future = true
	if t.State == koji.TaskOpen {
		r.priority, r.late = r.priority-1, true
		if !t.Started.IsZero() {
			r.created = t.Started.UnixNano()
		}
	}
	return r
}

// ExpectChild tells when a task that another is yet to make will start, seen from a
// point in time. It is false where [Model.Expect] is.
func (m *Model) ExpectChild(parent *koji.Task, arch string, now time.Time) (Start, bool) {
	child := koji.Task{Channel: parent.Channel, Arch: arch, Created: now}
	return m.expectFree(&child, futureRank(parent), now)
}

// expectChildren adds the children that a new task will make.
func (m *Model) expectChildren(t *koji.Task, e *entry, at time.Time) {
	if m.parents == nil {
		return
	}
	var p futureChildren
	for _, c := range m.parents.Children(t) {
		child := koji.Task{Channel: t.Channel, Arch: c.Arch}
		if c.First {
			if t.State == koji.TaskOpen {
				continue
			}
			p.first++
		} else {
			p.method = c.Method
		}
		p.reservations = append(p.reservations, reservation{m.binOf(keyOf(&child)), m.hold(c.Method, c.Run, at)})
	}
	if len(p.reservations) == 0 {
		return
	}
	m.rankFuture(p, t, e)
}

// rankFuture puts future children where the state of their parent ranks them.
func (m *Model) rankFuture(p futureChildren, t *koji.Task, e *entry) {
	p.rank, p.gone = futureRank(t), false
	if t.State == koji.TaskOpen {
		p.reservations, p.first = p.reservations[p.first:], 0
	}
	e.futureChildren = &p
	m.futures.add(&p)
}

// hasFuture reports whether a task will make children.
func (e *entry) hasFuture() bool { return e != nil && e.futureChildren != nil }

// dropFuture removes the future children of a task: they have been made, or never will be.
func (m *Model) dropFuture(e *entry) {
	if e == nil || e.futureChildren == nil {
		return
	}
	e.futureChildren.gone = true
	m.futures.drop()
	e.futureChildren = nil
	m.changes++
}

// dropFutureOfParent removes the future children of a task's parent once the first child
// of their method is there.
func (m *Model) dropFutureOfParent(t *koji.Task) {
	if e := m.entries[t.Parent]; e != nil && e.futureChildren != nil && e.futureChildren.method == t.Method {
		m.dropFuture(e)
	}
}
