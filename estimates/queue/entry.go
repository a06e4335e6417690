package queue

import (
	"cmp"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// defaultPriority is that of a task made without saying.
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
	version uint64    // of the model's hosts when these were found
	hosts   []*host   // that take it, by id
	last    *schedule // nil: none yet

	demand demand

	// share is how much of its work goes to the hosts of a schedule that is being
	// made.
	schedule *schedule
	share    float64
}

// rank is the order of waiting tasks: by priority, smaller first, then by age.
type rank struct {
	priority int64
	created  int64 // ns since 1970
	id       int64
	future   bool // it is not there yet, and comes after the task with the id
}

func rankOf(t *koji.Task) rank {
	r := rank{priority: defaultPriority, created: t.Created.UnixNano(), id: t.ID}
	if t.Priority.Known {
		r.priority = t.Priority.Value
	}
	return r
}

func (r rank) compare(o rank) int {
	if r.priority != o.priority {
		return cmp.Compare(r.priority, o.priority)
	}
	if r.created != o.created {
		return cmp.Compare(r.created, o.created)
	}
	if r.id != o.id {
		return cmp.Compare(r.id, o.id)
	}
	switch {
	case r.future == o.future:
		return 0
	case o.future:
		return -1
	}
	return 1
}

// entry is a task that has not ended.
type entry struct {
	rank           rank
	bin            *bin
	state          koji.TaskState
	started        time.Time // of this run; zero while it waits
	weight         float64   // as the hub says; 0: not known
	waiting        bool
	run            time.Duration // expected
	hold           time.Duration // for how long it will keep a place
	opened         float64       // what it will weigh
	host           int64
	futureChildren *futureChildren // children to come; nil: none
}

// load is what the task adds to its host's load.
func (e *entry) load() float64 {
	switch {
	case e.waiting:
		return 0
	case e.state == koji.TaskOpen && (e.weight == 0 || e.weight == freshWeight):
		return e.opened // its own weight comes after the message that it is open
	case e.weight > 0:
		return e.weight
	}
	return freshWeight
}

// end is when a task that has a host will be done.
func (e *entry) end(now time.Time) time.Time {
	if e.started.IsZero() {
		return now.Add(poll/2 + e.run)
	}
	return now.Add(remaining(e.run, now.Sub(e.started)))
}
