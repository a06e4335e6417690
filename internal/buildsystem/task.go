package buildsystem

import (
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// task is a task that has not ended.
type task struct {
	id, parent int64
	method     string
	channel    string
	arch       string
	state      koji.TaskState
	created    time.Time
	started    time.Time
	startsAt   time.Time // as events have it
	seen       time.Time // when something was last told of it
	counted    bool      // its wait is
}

// learn takes over what a record says, which may be less than was known.
func (t *task) learn(record *koji.Task) {
	learnText(&t.method, record.Method)
	learnText(&t.channel, record.Channel.Name)
	learnText(&t.arch, record.WorkArch())
	if !record.Created.IsZero() {
		t.created = record.Created
	}
}

// learnText copies a text: the memory of an event is used again.
func learnText(to *string, text string) {
	if text != "" && text != *to {
		*to = strings.Clone(text)
	}
}

// change takes over a state. Events may come twice and out of order: only a task that was
// given back is again what it was before.
func (t *task) change(state koji.TaskState, seen time.Time, freed bool) {
	older := seen.Before(t.seen)
	if !older {
		t.seen = seen
	}
	if back := rank(state) < rank(t.state); back && (older || !freed) {
		return
	}
	t.state = state
}

func rank(s koji.TaskState) int {
	switch s {
	case koji.TaskFree:
		return 1
	case koji.TaskAssigned:
		return 2
	case koji.TaskOpen:
		return 3
	}
	return 0
}

func (t *task) waits() bool { return t.state == koji.TaskFree || t.state == koji.TaskAssigned }

// work is what the durations of the task are counted by.
func (t *task) work() Work {
	method := Other
	if koji.KnownMethod(t.method) {
		method = t.method
	}
	return Work{method, label(t.arch, noArch)}
}

func (t *task) row() queueKey { return queueKey{label(t.channel, None), label(t.arch, noArch)} }

// noArch is the arch of work that is for none.
const noArch = "noarch"

// outcomeOfTask names how a task ended.
func outcomeOfTask(s koji.TaskState) string { return strings.ToLower(s.String()) }

// outcomeOfBuild names how a build ended, "" for one that has not.
func outcomeOfBuild(s koji.BuildState) string {
	switch s {
	case koji.BuildComplete, koji.BuildFailed, koji.BuildCanceled:
		return strings.ToLower(s.String())
	}
	return ""
}
