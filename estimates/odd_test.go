package estimates_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestOneSample: one run of an hour does not make an interval of a week.
func TestOneSample(t *testing.T) {
	for _, method := range []string{"image", "buildArch"} {
		w := newTestHub(estimates.Options{})
		w.run(method, "cloud", 0, start, time.Hour)
		at := start.Add(2 * time.Hour)
		for _, pkg := range []string{"cloud", "other"} {
			task := w.task(method, pkg, 0, at)
			w.open(task, at)
			e, ok := w.Task(task, at)
			if !ok || e.High.Sub(at) > 24*time.Hour || e.Low.Sub(at) < time.Minute {
				t.Errorf("%s of %s: %v, %+v", method, pkg, ok, e)
			}
		}
	}
}

// TestOddTimes: whatever the times of messages are, how late they come and in what order,
// no estimate is before the point in time that it is made for, and none is out of order.
func TestOddTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, ended := newTestHub(estimates.Options{}), map[int64]bool{}
		jump := func(what string) time.Time {
			return start.Add(time.Duration(rapid.Int64Range(-72*3600, 72*3600).Draw(t, what)) * time.Second)
		}
		states := []koji.TaskState{koji.TaskFree, koji.TaskAssigned, koji.TaskOpen, koji.TaskClosed, koji.TaskCanceled}
		for range rapid.IntRange(1, 60).Draw(t, "messages") {
			task := &koji.Task{
				ID: rapid.Int64Range(1, 15).Draw(t, "id"), State: rapid.SampledFrom(states).Draw(t, "state"),
				Method: rapid.SampledFrom([]string{"build", "buildArch", "tagBuild"}).Draw(t, "method"), Arch: "noarch",
				Channel: koji.Ref{ID: 1}, Created: jump("created"),
			}
			task.Parent, task.Host.ID = rapid.Int64Range(0, 5).Draw(t, "parent"), rapid.Int64Range(0, 3).Draw(t, "host")
			task.Request.Package = "bash"
			if task.State != koji.TaskFree && task.State != koji.TaskAssigned {
				task.Started = jump("started")
			}
			if task.State.Final() {
				task.Ended = jump("ended")
			}
			at := jump("at")
			w.Observe(task, at)
			ended[task.ID] = ended[task.ID] || task.State.Final()
			// Of what has ended the estimate is the one given before.
			if e, ok := w.Task(task, at); ok && !ended[task.ID] {
				inOrder(t, &e, at)
				if e.Overdue && e.StartsAt.After(at) {
					t.Errorf("what has not begun is overdue: %+v", e)
				}
			}
		}
	})
}
