package sentinel

import (
	"cmp"
	"math"
	"time"
	"unique"

	"github.com/kojiwatch/kojiwatch/koji"
)

// task is a task that has not ended.
type task struct {
	koji.Ref // its method and id

	parent   int64
	queue    queueKey
	host     string
	pkg      string
	target   string
	tag      string
	priority int64
	state    koji.TaskState
	created  time.Time
	since    time.Time     // when it came into its state
	likely   time.Duration // how long it was expected to run when it was opened; 0: not known
	late     time.Duration // the 99th percentile of that
	children int           // that have not ended
	counted  bool          // among the children of its parent
	freed    int           // how often it was given back
	scratch  bool
}

// queueKey names where tasks wait: hosts take those of their channels and arches.
type queueKey struct{ channel, arch string }

// before reports whether the hub's scheduler starts a task before another.
//
// Source: kojihub/scheduler.py, by priority and then by age.
func (t *task) before(priority int64, created time.Time) bool {
	return cmp.Or(cmp.Compare(t.priority, priority), t.created.Compare(created)) < 0
}

// works reports whether the task takes a host's time: parents sleep while their children run.
func (t *task) works() bool { return t.state == koji.TaskOpen && t.children == 0 }

// isLate reports whether the task has run for longer than 99 of 100 such tasks.
func (t *task) isLate(now time.Time) bool {
	return t.works() && t.late > 0 && now.Sub(t.since) > t.late
}

// lateAfter returns the 99th percentile of a duration by its median and 90th percentile,
// as logarithms of durations are about normally distributed.
func lateAfter(likely, high time.Duration) time.Duration {
	if likely <= 0 || high < likely {
		return 0
	}
	const ratio = 2.326 / 1.2816 // of the quantiles of the normal distribution
	factor := math.Pow(float64(high)/float64(likely), ratio)
	return time.Duration(min(float64(likely)*factor, float64(math.MaxInt64)/2))
}

// take notes what an event says of the task.
func (t *task) take(k *koji.Task, at time.Time) {
	learn(&t.queue.channel, k.Channel.Name)
	learn(&t.queue.arch, k.Arch)
	learn(&t.pkg, k.Package())
	learn(&t.target, k.Target().Name)
	learn(&t.tag, k.Tag().Name)
	learn(&t.Name, k.Method)
	t.parent = cmp.Or(k.Parent, t.parent)
	t.scratch = t.scratch || k.Scratch().Value
	if k.Priority.Known {
		t.priority = k.Priority.Value
	}
	if t.created.IsZero() {
		t.created = k.Created
	}
	if t.created.IsZero() {
		t.created = at
	}
	if k.State == t.state {
		return
	}
	t.state, t.since = k.State, at
	t.host = ""
	if k.State == koji.TaskOpen || k.State == koji.TaskAssigned {
		learn(&t.host, k.Host.Name)
	}
}

// learn takes over a text unless it is empty. The text is kept once for all that is equal,
// and without the message that it may be a part of.
func learn(to *string, text string) {
	if text != "" && text != *to {
		*to = unique.Make(text).Value()
	}
}
