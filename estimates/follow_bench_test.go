package estimates_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
)

// manyTasks calls do for events of so many different tasks, none of which ends: builds
// with children, two of three of which stay FREE.
func manyTasks(n int, do func(t *koji.Task, at time.Time)) {
	methods := []string{"build", "buildSRPMFromSCM", "buildArch", "buildArch", "newRepo", "createrepo", "tagBuild", "buildNotification"}
	at := start
	for i := range n {
		t := &koji.Task{ID: int64(i + 1), Method: methods[i%8], State: koji.TaskFree, Arch: "noarch", Created: start, Channel: koji.Ref{ID: 1, Name: "default"}}
		t.Priority = koji.Some[int64](20)
		t.Request.Package, t.Request.Target.Name = fmt.Sprint("package", i/8%2000), "f44"
		if k := i % 8; k > 0 && k < 4 {
			t.Parent = int64(i + 1 - k)
		}
		if t.Method == "buildArch" {
			t.Arch = []string{"x86_64", "s390x"}[i%2]
			t.Request.Arch, t.Label = t.Arch, t.Arch
		}
		at = at.Add(100 * time.Microsecond)
		do(t, at)
		if i/8%3 != 0 {
			continue
		}
		t.State, t.Host = koji.TaskAssigned, koji.Ref{ID: int64(i%5 + 1), Name: "builder"}
		do(t, at)
		t.State, t.Started, t.Weight = koji.TaskOpen, at, koji.Some(1.5)
		do(t, at)
	}
}

// cpuTime returns the CPU time of the process; others may use the machine, too.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFollow is one event about one of 24,000 tasks of which none ends, observed and
// estimated as the daemon does.
func BenchmarkFollow(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		e := estimates.New(estimates.Options{})
		events := 0
		began := cpuTime()
		manyTasks(24_000, func(t *koji.Task, at time.Time) {
			events++
			e.Observe(t, at)
			e.Task(t, at)
		})
		took := cpuTime() - began
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(took.Nanoseconds())/float64(events), "cpu-ns/event")
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		runtime.KeepAlive(e)
	}
}
