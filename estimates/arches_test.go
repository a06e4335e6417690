package estimates_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// build has a package be built for some arches, ten minutes each and nothing else.
func (w *testHub) build(pkg string, at time.Time, arches ...string) {
	b := w.task("build", pkg, 0, at)
	w.open(b, at)
	for _, arch := range arches {
		w.next++
		c := &koji.Task{ID: w.next, Method: "buildArch", Parent: b.ID, State: koji.TaskFree, Created: at, Arch: arch, Label: arch}
		w.observe(c, at)
		w.open(c, at.Add(10*time.Second))
		w.end(c, koji.TaskClosed, at.Add(10*time.Minute))
	}
	w.end(b, koji.TaskClosed, at.Add(11*time.Minute))
}

// TestUnknownArches: where one arch has a queue, the interval of a package that was never
// built reaches from what noarch would take to what all arches would.
func TestUnknownArches(t *testing.T) {
	w := newTestHub(estimates.Options{})
	for i := range 20 {
		arches := []string{"s390x", "x86_64"}
		if i%4 == 0 {
			arches = []string{"noarch"}
		}
		w.build(fmt.Sprint("p", i), start.Add(time.Duration(i)*time.Hour), arches...)
	}
	now := start.Add(24 * time.Hour)
	snapshot := queue.Snapshot{At: now, Channels: []koji.Channel{{ID: 0, Name: "default"}}}
	for i, arch := range []string{"x86_64", "x86_64", "s390x"} {
		h := queue.Host{Channels: []int64{0}}
		h.ID, h.Arches, h.Capacity = int64(i+1), []string{arch}, koji.Some(2.0)
		snapshot.Hosts = append(snapshot.Hosts, h)
	}
	for i := range int64(40) {
		snapshot.Tasks = append(snapshot.Tasks, koji.Task{
			ID: 1000 + i, Method: "buildArch", State: koji.TaskFree, Created: now.Add(-time.Hour), Arch: "s390x", Label: "s390x", Priority: koji.Some[int64](10),
			Request: koji.Request{Package: "p1"},
		})
	}
	w.LoadQueue(&snapshot)
	estimate := func(pkg string) forecast.Estimate {
		b := w.task("build", pkg, 0, now)
		w.open(b, now)
		e, ok := w.Task(b, now)
		if !ok {
			t.Fatal("no estimate of " + pkg)
		}
		return e
	}
	noarch, all, unknown := estimate("p0"), estimate("p1"), estimate("new")

	if noarch.High.After(all.Low) {
		t.Fatalf("the queue of s390x does not tell them apart: noarch until %v, all arches from %v", noarch.High, all.Low)
	}
	if unknown.Low.After(noarch.CompletionAt) || unknown.High.Before(all.CompletionAt) {
		t.Errorf("a package that was never built: %v to %v; noarch %v, all arches %v", unknown.Low, unknown.High, noarch.CompletionAt, all.CompletionAt)
	}
}
