package board

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Task is a task as the board shows it. A zero field is not known.
type Task struct {
	ID, Parent int64
	Method     string
	State      koji.TaskState
	Arch       string // that the work is for; "" where it is for several or none
	Package    string
	NVR        string
	Source     string
	Target     string
	Tag        string // that it is about
	Owner      string
	Channel    string
	ChannelID  int64
	Host       string
	URL        string // of its page in kojiweb
	Scratch    bool
	BuildID    int64
	Created    time.Time
	Started    time.Time
	Ended      time.Time
	Estimate   Estimate
	// Predicted is how long it was expected to take when it started.
	Predicted time.Duration
	// Failure is the line of a log that tells why it failed.
	Failure string

	seen  time.Time // when an event was last about it
	freed bool      // it is back in the queue, or may be
	heard bool      // an event was about it
}

// Estimate says when a task will be done.
type Estimate struct {
	StartsAt     time.Time // while it waits
	CompletionAt time.Time
	Low, High    time.Time // the interval that holds CompletionAt four times in five
	Duration     time.Duration
	Ahead        int // tasks in the queue that go first
	Overdue      bool
	Basis        string
	// Reason says what the task waits for.
	Reason string
	Log    Log
}

// Log says how far the log of a running task is. The zero value is not known.
type Log struct {
	Size      int64         // in bytes
	Share     float64       // of the size that is expected; 0 if none is
	SilentFor time.Duration // for which it has not grown
}

// silentAfter is how long a log stands still before that is worth a word.
const silentAfter = 5 * time.Minute

// Silent returns for how long the log has not grown, 0 if that is no longer than usual.
func (l Log) Silent() time.Duration {
	if l.SilentFor < silentAfter {
		return 0
	}
	return l.SilentFor.Truncate(time.Minute)
}

// Percent is the part of the expected size, 0 if none is expected.
func (l Log) Percent() int { return int(100 * l.Share) }

// differs reports whether a log says something else to a reader.
func (l Log) differs(o Log) bool { return l.Percent() != o.Percent() || l.Silent() != o.Silent() }

// Known reports whether there is a time.
func (e Estimate) Known() bool { return !e.CompletionAt.IsZero() }

// Live reports whether the task has not ended.
func (t *Task) Live() bool { return !t.State.Final() }

// Began returns when the task was opened, else when it was created.
func (t *Task) Began() time.Time {
	if t.Started.IsZero() {
		return t.Created
	}
	return t.Started
}

// merge takes over what a newer record says. Records may come twice and out of order.
func (t *Task) merge(n *Task) {
	if t.stale(n) {
		return
	}
	old := *t
	*t = *n
	for _, field := range []struct{ now, before *string }{
		{&t.Method, &old.Method}, {&t.Arch, &old.Arch}, {&t.Package, &old.Package}, {&t.NVR, &old.NVR}, {&t.Source, &old.Source},
		{&t.Target, &old.Target}, {&t.Tag, &old.Tag}, {&t.Owner, &old.Owner}, {&t.Channel, &old.Channel}, {&t.Host, &old.Host}, {&t.URL, &old.URL},
	} {
		if *field.now == "" {
			*field.now = *field.before
		}
	}
	t.Parent, t.BuildID, t.ChannelID = known(t.Parent, old.Parent), known(t.BuildID, old.BuildID), known(t.ChannelID, old.ChannelID)
	t.Scratch = t.Scratch || old.Scratch
	t.Created, t.Started, t.Ended = knownTime(t.Created, old.Created), knownTime(t.Started, old.Started), knownTime(t.Ended, old.Ended)
	if !t.Estimate.Known() {
		t.Estimate = old.Estimate
	}
	if t.Failure == "" {
		t.Failure = old.Failure
	}
	t.Predicted, t.heard = old.Predicted, t.heard || old.heard
}

// stale reports whether a record was overtaken by one of a later state.
func (t *Task) stale(n *Task) bool {
	switch {
	case n.State == koji.TaskUnknown && t.State != koji.TaskUnknown:
		return true
	case t.State.Final():
		return !n.State.Final() || n.seen.Before(t.seen)
	case n.State.Final():
		return false
	case t.State == koji.TaskOpen && n.State != koji.TaskOpen, t.State == koji.TaskAssigned && n.State == koji.TaskFree:
		return !n.freed || n.seen.Before(t.seen)
	}
	return n.seen.Before(t.seen)
}

func known(now, before int64) int64 {
	if now == 0 {
		return before
	}
	return now
}

func knownTime(now, before time.Time) time.Time {
	if now.IsZero() {
		return before
	}
	return now
}

// Build is the record of a build as the board shows it.
type Build struct {
	ID      int64
	TaskID  int64
	NVR     string
	Package string
	Owner   string
	Target  string
	Source  string
	URL     string
	State   koji.BuildState
	Created time.Time
	Started time.Time
	Ended   time.Time
	Tags    []string // that it was tagged with while the board looked

	seen time.Time
}

// Live reports whether the build has not ended.
func (b *Build) Live() bool { return !b.State.Final() }

// merge takes over what a newer record says, but never tags, which come by events of
// their own.
func (b *Build) merge(n *Build) {
	if n.State == koji.BuildUnknown || b.State.Final() && n.State == koji.BuildBuilding && !n.seen.After(b.seen) {
		n.State = b.State
	}
	old := *b
	*b = *n
	for _, field := range []struct{ now, before *string }{
		{&b.NVR, &old.NVR}, {&b.Package, &old.Package}, {&b.Owner, &old.Owner}, {&b.Target, &old.Target}, {&b.Source, &old.Source}, {&b.URL, &old.URL},
	} {
		if *field.now == "" {
			*field.now = *field.before
		}
	}
	b.TaskID = known(b.TaskID, old.TaskID)
	b.Created, b.Started, b.Ended = knownTime(b.Created, old.Created), knownTime(b.Started, old.Started), knownTime(b.Ended, old.Ended)
	b.Tags = old.Tags
	if b.seen.Before(old.seen) {
		b.seen = old.seen
	}
}
