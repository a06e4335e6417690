package queue

import (
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Parents tells of children to come: in a mass rebuild nearly all work that is ahead is
// not there as tasks yet. A [Runs] that is one is asked for them.
type Parents interface {
	// Children are the tasks that one will make below it and has not made yet. They go
	// with the channel of their parent and right before others of its priority.
	Children(t *koji.Task) []Child
}

// Child is a task to come.
type Child struct {
	Method string
	Arch   string
	Run    time.Duration // how long it will run
}

// promise is the children to come of a task.
type promise struct {
	rank   rank
	method string // of the children
	works  []work
}

// work is a place that will be needed for a while.
type work struct {
	bin  *bin
	hold time.Duration
}

// promiseRank is the rank of the children to come of a task. They go before others of
// its priority once it runs; while it waits nothing can go before it that it makes.
//
// Source: the priority that a builder's session.host.subtask gives.
func promiseRank(t *koji.Task) rank {
	r := rankOf(t)
	r.promised = true
	if t.State == koji.TaskOpen {
		r.priority--
	}
	return r
}

// ExpectChild tells when a task that another is yet to make will start, seen from a
// point in time. It is false where [Model.Expect] is.
func (m *Model) ExpectChild(parent *koji.Task, arch string, now time.Time) (Start, bool) {
	child := koji.Task{Channel: parent.Channel, Arch: arch, Created: now}
	return m.expectFree(&child, promiseRank(parent), now)
}

// promise notes the children to come of a task that was not known.
func (m *Model) promise(t *koji.Task, e *entry, at time.Time) {
	if m.parents == nil {
		return
	}
	var p promise
	for _, c := range m.parents.Children(t) {
		child := koji.Task{Channel: t.Channel, Arch: c.Arch}
		p.method = c.Method
		p.works = append(p.works, work{m.binOf(keyOf(&child)), m.hold(c.Method, c.Run, at)})
	}
	if len(p.works) == 0 {
		return
	}
	m.rankPromise(&p, t, e)
}

// rankPromise puts a promise where the state of its task has it.
func (m *Model) rankPromise(p *promise, t *koji.Task, e *entry) {
	p.rank = promiseRank(t)
	e.promise = p
	i, _ := slices.BinarySearchFunc(m.promises, p.rank, comparePromise)
	m.promises = slices.Insert(m.promises, i, p)
}

// promises reports whether a task has children to come.
func (e *entry) promises() bool { return e != nil && e.promise != nil }

// fulfil takes the children to come of a task away: they are there, or never will be.
func (m *Model) fulfil(e *entry) {
	if e == nil || e.promise == nil {
		return
	}
	if i, ok := slices.BinarySearchFunc(m.promises, e.promise.rank, comparePromise); ok {
		m.promises = slices.Delete(m.promises, i, i+1)
	}
	e.promise = nil
	m.changes++
}

// fulfilBy takes away what the parent of a task has promised, if it was that: the first
// child of the method stands for all.
func (m *Model) fulfilBy(t *koji.Task) {
	if e := m.entries[t.Parent]; e != nil && e.promise != nil && e.promise.method == t.Method {
		m.fulfil(e)
	}
}

func comparePromise(p *promise, r rank) int { return p.rank.compare(r) }

// queued calls take for everything that waits and for what was promised, in the order
// in which it gets places.
func (m *Model) queued(take func(r rank, w work, promised bool)) {
	promises := m.promises
	for _, e := range m.waiting {
		for len(promises) > 0 && promises[0].rank.compare(e.rank) < 0 {
			promises[0].take(take)
			promises = promises[1:]
		}
		take(e.rank, work{e.bin, e.hold}, false)
	}
	for _, p := range promises {
		p.take(take)
	}
}

func (p *promise) take(take func(r rank, w work, promised bool)) {
	for _, w := range p.works {
		take(p.rank, w, true)
	}
}
