package estimates

import (
	"time"
	"unique"

	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/koji"
)

// record holds what is kept of a task that has not ended, in little space: there may be
// tens of thousands.
type record struct {
	id, parent, host       int64
	created, started, done int64 // ns since 1970; 0: not known
	label, arch            string
	channel                koji.Ref
	// Of the request; run has what is made of them.
	pkg, target string
	run         history.Run
	priority    int32
	weight      float32
	state       koji.TaskState
	facts       facts
}

// facts are the members of a task that are known, and its flags.
type facts uint8

const (
	hasPriority facts = 1 << iota
	hasWeight
	hasWaiting
	waits
)

// fill writes the record into a task.
func (r *record) fill(t *koji.Task) {
	t.ID, t.Parent, t.Method, t.State, t.Label, t.Arch = r.id, r.parent, r.run.Method, r.state, r.label, r.arch
	t.Channel, t.Host.ID = r.channel, r.host
	t.Created, t.Started, t.Ended = timeOf(r.created), timeOf(r.started), timeOf(r.done)
	t.Priority = koji.Opt[int64]{Value: int64(r.priority), Known: r.facts&hasPriority != 0}
	t.Weight = koji.Opt[float64]{Value: float64(r.weight), Known: r.facts&hasWeight != 0}
	t.Waiting = koji.Opt[bool]{Value: r.facts&waits != 0, Known: r.facts&hasWaiting != 0}
	t.Request.Package, t.Request.Target.Name = r.pkg, r.target
	t.Request.Arch, t.Request.Scratch = r.run.Arch, koji.Some(r.run.Scratch)
}

// take copies what is needed of a task: the event that it belongs to may be used again.
// Package and target stay what they were once they are known, for what is learnt has to be
// what was estimated.
func (r *record) take(t *koji.Task) {
	r.parent, r.state, r.host = t.Parent, t.State, t.Host.ID
	r.created, r.started, r.done = nanos(t.Created), nanos(t.Started), nanos(t.Ended)
	keep(&r.run.Method, t.Method)
	keep(&r.label, t.Label)
	keep(&r.arch, t.Arch)
	keep(&r.channel.Name, t.Channel.Name)
	r.channel.ID = t.Channel.ID
	r.priority, r.weight, r.facts = int32(max(-1<<31, min(t.Priority.Value, 1<<31-1))), float32(t.Weight.Value), 0 //nolint:gosec // it is bounded
	for _, f := range []struct {
		known bool
		fact  facts
	}{{t.Priority.Known, hasPriority}, {t.Weight.Known, hasWeight}, {t.Waiting.Known, hasWaiting}, {t.Waiting.Value, waits}} {
		if f.known {
			r.facts |= f.fact
		}
	}
	if r.pkg == "" {
		keep(&r.pkg, t.Package())
	}
	if target := targetOf(t); target != "" {
		keep(&r.target, target)
	}
}

// keep sets a text, with one copy for all tasks that have the same.
func keep(to *string, text string) {
	if *to != text {
		*to = unique.Make(text).Value()
	}
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func timeOf(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

// took returns how long the task ran, 0 if it has not ended or the times can't be.
func (r *record) took() time.Duration {
	if r.started == 0 || r.done == 0 || r.done < r.started {
		return 0
	}
	return time.Duration(r.done - r.started)
}
