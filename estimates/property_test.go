package estimates_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// past is a generated history: builds with their children, on a hub with a host
// for each arch.
type past struct{ builds []pastBuild }

type pastBuild struct {
	pkg    string
	arches []string
	took   []time.Duration
}

func drawPast(t *rapid.T) past {
	var p past
	arches := []string{"x86_64", "s390x"}
	for range rapid.IntRange(0, 12).Draw(t, "builds") {
		b := pastBuild{
			pkg:    rapid.SampledFrom([]string{"bash", "gcc", "zsh"}).Draw(t, "package"),
			arches: arches[:rapid.IntRange(1, 2).Draw(t, "arches")],
		}
		for range b.arches {
			b.took = append(b.took, time.Duration(rapid.Int64Range(1, 20_000).Draw(t, "took"))*time.Second)
		}
		p.builds = append(p.builds, b)
	}
	return p
}

// play has a new estimator see the past, and a queue of so many builds, and returns when
// that was.
func (p *past) play(queued int) (*testHub, time.Time) {
	w := newTestHub(estimates.Options{})
	at := start
	for _, b := range p.builds {
		parent := w.task("build", b.pkg, 0, at)
		w.open(parent, at.Add(time.Minute))
		end := w.run("buildSRPMFromSCM", "", parent.ID, at.Add(time.Minute), time.Minute)
		for i, arch := range b.arches {
			child := w.task("buildArch", b.pkg, parent.ID, at.Add(2*time.Minute))
			child.Label, child.Request.Arch, child.Arch = arch, arch, arch
			w.open(child, at.Add(3*time.Minute))
			w.end(child, koji.TaskClosed, at.Add(3*time.Minute+b.took[i]))
			end = later(end, child.Ended)
		}
		w.end(parent, koji.TaskClosed, end.Add(time.Minute))
		at = later(at, end).Add(2 * time.Minute)
	}
	w.LoadQueue(hosts(at, 1))
	for range queued {
		t := &koji.Task{ID: w.id(), Method: "build", State: koji.TaskFree, Arch: "noarch", Created: at, Channel: koji.Ref{ID: 1}}
		t.Request.Package = "gcc"
		w.observe(t, at)
	}
	return w, at
}

// hosts is a snapshot with so many hosts for each of two arches.
func hosts(at time.Time, n int) *queue.Snapshot {
	s := &queue.Snapshot{At: at, Channels: []koji.Channel{{ID: 1, Name: "default"}}}
	for i := range 2 * n {
		h := queue.Host{Channels: []int64{1}}
		h.ID, h.Arches, h.Capacity = int64(i+1), []string{[]string{"x86_64", "s390x"}[i%2]}, koji.Some(2.0)
		h.Enabled, h.Ready = koji.Some(true), koji.Some(true)
		s.Hosts = append(s.Hosts, h)
	}
	return s
}

func (w *testHub) id() int64 {
	w.next++
	return w.next
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func drawTask(t *rapid.T, at time.Time) *koji.Task {
	task := &koji.Task{
		ID: 1 << 20, Method: rapid.SampledFrom([]string{"build", "buildArch", "tagBuild", "image", "odd"}).Draw(t, "method"),
		State: koji.TaskFree, Arch: rapid.SampledFrom([]string{"noarch", "x86_64", "s390x"}).Draw(t, "arch"),
		Created: at, Channel: koji.Ref{ID: 1},
	}
	task.Request.Package = rapid.SampledFrom([]string{"", "bash", "gcc", "new"}).Draw(t, "of package")
	return task
}

func inOrder(t *rapid.T, e *forecast.Estimate, now time.Time) {
	if !e.Known() {
		return
	}
	if e.CompletionAt.Before(e.Low) || e.High.Before(e.CompletionAt) {
		t.Fatalf("out of order: %v, %v, %v", e.Low, e.CompletionAt, e.High)
	}
	if e.Low.Before(now) {
		t.Fatalf("%v is before now, %v", e.Low, now)
	}
}

// TestWaitingLaws: of what waits the interval is in order and not in the past, and more
// builds ahead never make it sooner.
func TestWaitingLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPast(t)
		queued := rapid.IntRange(0, 20).Draw(t, "queued")
		w, at := p.play(queued)
		task := drawTask(t, at)
		e, _ := w.Task(task, at)
		inOrder(t, &e, at)
		if !e.Known() {
			return
		}
		busier, at := p.play(queued + rapid.IntRange(1, 5).Draw(t, "more"))
		l, ok := busier.Task(task, at)
		if !ok || l.CompletionAt.Before(e.CompletionAt) || l.StartsAt.Before(e.StartsAt) {
			t.Fatalf("with more ahead it is sooner: %+v, else %+v", l, e)
		}
	})
}

// rounding is the error of logarithms, of the error function and back.
const rounding = 100 * time.Millisecond

// TestRunningLaws: of what runs the interval is in order, nothing is before now, and the
// longer it has run the later it ends.
func TestRunningLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPast(t)
		w, at := p.play(0)
		task := drawTask(t, at)
		task.State, task.Started = koji.TaskOpen, at
		var before forecast.Estimate
		now := at
		for range rapid.IntRange(1, 6).Draw(t, "looks") {
			e, ok := w.Task(task, now)
			if !ok {
				return
			}
			inOrder(t, &e, now)
			if e.CompletionAt.Before(before.CompletionAt.Add(-rounding)) {
				t.Fatalf("after %v it is done %v, before that it was %v", now.Sub(at), e.CompletionAt, before.CompletionAt)
			}
			before = e
			now = now.Add(time.Duration(rapid.Int64Range(1, 10_000).Draw(t, "later")) * time.Second)
		}
	})
}
