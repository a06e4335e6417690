package estimates_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
)

// BenchmarkTask is one estimate from memory, of builds that wait, with 2000 packages in
// the history, 200 hosts, and 500 builds in the queue.
func BenchmarkTask(b *testing.B) {
	w := newTestHub(estimates.Options{})
	at := start
	for i := range 4000 {
		pkg := fmt.Sprint("p", i%2000)
		parent := w.task("build", pkg, 0, at)
		w.open(parent, at)
		for _, arch := range []string{"x86_64", "s390x"} {
			child := w.task("buildArch", pkg, parent.ID, at)
			child.Label, child.Request.Arch = arch, arch
			w.open(child, at)
			w.end(child, koji.TaskClosed, at.Add(time.Hour))
		}
		w.end(parent, koji.TaskClosed, at.Add(time.Hour))
		at = at.Add(time.Minute)
	}
	var tasks []*koji.Task
	w.LoadQueue(hosts(at, 100))
	for i := range 500 {
		t := &koji.Task{ID: w.id(), Method: "build", State: koji.TaskFree, Arch: "noarch", Created: at, Channel: koji.Ref{ID: 1}}
		t.Request.Package, t.Request.Target.Name = fmt.Sprint("p", i), "f44"
		w.observe(t, at)
		tasks = append(tasks, t)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := w.Task(tasks[i%len(tasks)], at); !ok {
			b.Fatal("no answer")
		}
	}
}
