package queue

import (
	"cmp"
	"math"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// defaultPriority is the priority of a task for which none is given.
//
// Source: koji.PRIO_DEFAULT.
const defaultPriority = 20

// binKey is the part of a task that selects its hosts.
type binKey struct {
	channel int64
	arch    string
}

// keyOf is the bin of a task.
func keyOf(t *koji.Task) binKey {
	b := binKey{t.Channel.ID, t.Arch}
	if b.arch == "" {
		b.arch = noarch
	}
	return b
}

// bin holds what tasks that can go to the same hosts have in common.
type bin struct {
	binKey
	version uint64  // of the model's hosts when these were found
	hosts   []*host // that take it, by id
	stands  uint64  // the last look that found a task of it waiting for long

	free    int                   // tasks of it that are FREE
	groups  []*group              // of its hosts that are ready
	ready   int                   // hosts in them
	taken   map[int64]*overtaking // by priority, see Model.overtaking
	takenOf *order                // for which it is

	demand demand

	// share is the part of its hosts that those of a schedule being made are.
	sharedWith *schedule
	share      float64
}

// rank is the order of waiting tasks: by priority, smaller first, then by age.
type rank struct {
	priority int32
	// future: it is not there yet, and its parent has the id. late: its parent runs, and all
	// of its priority that is there goes first.
	future, late bool
	created      int64 // ns since 1970
	id           int64
}

func rankOf(t *koji.Task) rank {
	r := rank{priority: defaultPriority, created: t.Created.UnixNano(), id: t.ID}
	if t.Priority.Known {
		r.priority = int32(max(math.MinInt32, min(t.Priority.Value, math.MaxInt32))) //nolint:gosec // it is bounded
	}
	return r
}

func (r rank) compare(o rank) int {
	if r.priority != o.priority {
		return cmp.Compare(r.priority, o.priority)
	}
	if r.late != o.late {
		return compareBool(r.late, o.late)
	}
	if r.created != o.created {
		return cmp.Compare(r.created, o.created)
	}
	if r.id != o.id {
		return cmp.Compare(r.id, o.id)
	}
	return compareBool(r.future, o.future)
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// entry is a task that has not ended.
type entry struct {
	rank           rank
	bin            *bin
	state          koji.TaskState
	waiting        bool
	gone           bool          // it has another state now, or has ended
	weight         float32       // as the hub says; 0: not known
	opened         float32       // that it will have
	started        int64         // of this run, in ns since 1970; 0 while it waits
	since          int64         // it is FREE, in seconds since 1970; else 0
	run            time.Duration // expected
	hold           time.Duration // for how long it will keep a place
	host           int64
	futureChildren *futureChildren // children to come; nil: none
}

// load returns what the task adds to its host's load.
func (e *entry) load() float64 {
	switch {
	case e.waiting:
		return 0
	case e.state == koji.TaskOpen && (e.weight == 0 || e.weight == freshWeight):
		return float64(e.opened) // its own weight comes after the message that it is open
	case e.weight > 0:
		return float64(e.weight)
	}
	return freshWeight
}

// end is when a task that has a host will be done.
func (e *entry) end(now time.Time) time.Time {
	if e.started == 0 {
		return now.Add(poll/2 + e.run)
	}
	return now.Add(remaining(e.run, now.Sub(time.Unix(0, e.started))))
}
