package estimates_test

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestObserveAgain: what is told again after a restart is followed, and teaches nothing: what
// has ended stays as little known as it was, and what has not ends as if nothing had happened.
func TestObserveAgain(t *testing.T) {
	w := newTestHub(estimates.Options{})
	parent := w.task("build", "bash", 0, start)
	child := koji.Task{ID: 77, Method: "buildArch", Parent: parent.ID, State: koji.TaskOpen, Created: start, Started: start}
	child.Request.Package, child.Request.Arch = "bash", "x86_64"
	ended := child
	ended.State, ended.Ended = koji.TaskClosed, start.Add(10*time.Minute)
	w.ObserveAgain(&child, start)
	w.ObserveAgain(&ended, ended.Ended)
	built := &koji.Build{ID: 5, Name: "bash", State: koji.BuildComplete, Started: start, Ended: start.Add(time.Hour)}
	w.ObserveBuildAgain(built, built.Ended)
	if s := w.Stats(); s.Learnt != 0 || len(w.Scores().Keys()) > 0 {
		t.Errorf("learnt %d averages and %v", s.Learnt, w.Scores().Keys())
	}
	if w.Follows(child.ID) || !w.Follows(parent.ID) {
		t.Errorf("follows the task that has ended: %t, its parent: %t", w.Follows(child.ID), w.Follows(parent.ID))
	}
	w.Observe(&ended, ended.Ended) // it has ended, whoever told of it
	w.ObserveBuild(built, built.Ended)
	if s := w.Stats(); s.Learnt != 0 {
		t.Errorf("learnt %d averages of what is told for the second time", s.Learnt)
	}
	w.open(parent, start.Add(time.Minute))
	w.end(parent, koji.TaskClosed, start.Add(15*time.Minute))
	if s := w.Stats(); s.Learnt == 0 {
		t.Error("the parent teaches nothing")
	}
}
