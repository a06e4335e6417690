package campaign

import (
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// State is how far one package or a part of its work is.
type State uint8

// The states, in the order of the work.
const (
	ToDo State = iota
	Waiting
	Running
	Done
	Failed
)

// item is one package of a campaign, or one NVR.
type item struct {
	Key      string       `json:"key"`
	State    State        `json:"state"`
	Task     int64        `json:"task,omitempty"` // of the newest attempt
	Attempts int          `json:"attempts,omitempty"`
	Owner    string       `json:"owner,omitempty"`
	Kind     string       `json:"kind,omitempty"` // of failure
	Created  time.Time    `json:"created,omitzero"`
	Started  time.Time    `json:"started,omitzero"`
	Ended    time.Time    `json:"ended,omitzero"`
	Arches   []archOfItem `json:"arches,omitempty"`
}

// archOfItem is the work for one arch of the newest attempt.
type archOfItem struct {
	Arch    string    `json:"arch"`
	State   State     `json:"state"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
}

// The kinds of failure that are not told by a log.
const (
	KindCanceled = "canceled"
	KindUnknown  = "unknown"
)

// maxArches bounds the arches of an item.
const maxArches = 16

// begin starts an attempt. Nothing of the one before counts any more.
func (i *item) begin(task int64) {
	*i = item{Key: i.Key, Owner: i.Owner, State: Waiting, Task: task, Attempts: i.Attempts + 1}
}

// open reports whether something is still to come of the newest attempt.
func (i *item) open() bool { return i.State == Waiting || i.State == Running }

// change takes over the state of the task that builds the item. States may come twice and
// out of order: only a task that was given back waits again.
func (i *item) change(t *koji.Task, freed bool, seen time.Time) {
	if !i.open() {
		return
	}
	i.Created, i.Started = knownTime(t.Created, i.Created), knownTime(t.Started, i.Started)
	switch t.State {
	case koji.TaskFree, koji.TaskAssigned:
		if i.State == Waiting || freed {
			i.State = Waiting
		}
	case koji.TaskOpen:
		i.State = Running
		i.Started = knownTime(i.Started, seen)
	case koji.TaskClosed:
		i.end(Done, "", knownTime(t.Ended, seen))
	case koji.TaskFailed:
		i.end(Failed, KindUnknown, knownTime(t.Ended, seen))
	case koji.TaskCanceled:
		i.end(Failed, KindCanceled, knownTime(t.Ended, seen))
	}
}

func (i *item) end(state State, kind string, at time.Time) {
	i.State, i.Kind, i.Ended = state, kind, at
}

// changeArch takes over the state of a task that does the work for one arch.
func (i *item) changeArch(t *koji.Task, arch string, freed bool, seen time.Time) {
	at := slices.IndexFunc(i.Arches, func(a archOfItem) bool { return a.Arch == arch })
	if at < 0 {
		if len(i.Arches) >= maxArches {
			return
		}
		at = len(i.Arches)
		i.Arches = append(i.Arches, archOfItem{Arch: arch, State: Waiting})
	}
	a := &i.Arches[at]
	if a.State == Done || a.State == Failed {
		return
	}
	a.Started = knownTime(t.Started, a.Started)
	switch t.State {
	case koji.TaskFree, koji.TaskAssigned:
		if freed {
			a.State = Waiting
		}
	case koji.TaskOpen:
		a.State, a.Started = Running, knownTime(a.Started, seen)
	case koji.TaskClosed:
		a.State, a.Ended = Done, knownTime(t.Ended, seen)
	case koji.TaskFailed, koji.TaskCanceled:
		a.State, a.Ended = Failed, knownTime(t.Ended, seen)
	}
}

// span is a time from one moment to another.
type span struct{ from, to time.Time }

func (s span) length() time.Duration {
	if s.from.IsZero() || s.to.IsZero() {
		return 0
	}
	return max(0, s.to.Sub(s.from))
}

// within returns how much of a span is in another one.
func (s span) within(o span) time.Duration {
	if s.from.Before(o.from) {
		s.from = o.from
	}
	if s.to.After(o.to) {
		s.to = o.to
	}
	return s.length()
}

// work returns when hosts worked at an item that has ended, without the time for which its
// tasks waited: at the arch that was done last, which the others waited for.
func (i *item) work() span {
	var last span
	for _, a := range i.Arches {
		if s := (span{a.Started, a.Ended}); s.length() > 0 && s.to.After(last.to) {
			last = s
		}
	}
	if last.length() == 0 {
		return span{i.Started, i.Ended}
	}
	return last
}

// workedSince returns since when hosts work at the item; the zero time if none does, or one
// of its arches waits for its host.
func (i *item) workedSince() time.Time {
	if len(i.Arches) == 0 && i.State == Running {
		return i.Started
	}
	var since time.Time
	for _, a := range i.Arches {
		if a.State == Waiting {
			return time.Time{}
		}
		if a.State == Running && (since.IsZero() || a.Started.Before(since)) {
			since = a.Started
		}
	}
	return since
}

func knownTime(now, before time.Time) time.Time {
	if now.IsZero() {
		return before
	}
	return now
}
