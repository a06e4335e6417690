package estimates_test

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestStartInTheMiddleOfARebuild: builds that wait and of which only the hub has told will make
// tasks for their arches, which take their hosts' time from those behind them.
func TestStartInTheMiddleOfARebuild(t *testing.T) {
	learnt := history.New(0)
	before := newTestHub(estimates.Options{History: learnt})
	at := start
	for range 10 {
		before.build("bash", at, "x86_64")
		at = at.Add(time.Hour)
	}
	host := queue.Host{Channels: []int64{1}}
	host.ID, host.Arches, host.Capacity = 1, []string{"x86_64"}, koji.Some(2.0)
	snapshot := queue.Snapshot{At: at, Hosts: []queue.Host{host}, Channels: []koji.Channel{{ID: 1, Name: "default"}}}
	for i := range int64(50) {
		task := koji.Task{ID: 1000 + i, Method: "build", State: koji.TaskFree, Created: at, Arch: "noarch", Channel: koji.Ref{ID: 1}}
		task.Request.Package, task.Request.Target.Name = "bash", "f44"
		snapshot.Tasks = append(snapshot.Tasks, task)
	}
	w := newTestHub(estimates.Options{History: learnt})
	w.LoadQueue(&snapshot)
	last := &snapshot.Tasks[len(snapshot.Tasks)-1]
	got, ok := w.Task(last, at)
	if wait := got.StartsAt.Sub(at); !ok || wait < 2*time.Hour {
		t.Errorf("the last of %d builds of ten minutes on one host is said to wait for %s", len(snapshot.Tasks), wait)
	}
	if !w.Follows(last.ID) {
		t.Error("it is not followed")
	}
}
