package buildsystem

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/buildlog"
	"github.com/kojiwatch/kojiwatch/koji"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// story tells a system of events.
type story struct {
	*System
	now time.Time
}

func newStory(startsAt func(int64, time.Time) time.Time) *story {
	s := &story{now: noon}
	s.System = New(Options{StartsAt: startsAt, Now: func() time.Time { return s.now }})
	return s
}

// tell tells of a task that was created at noon and whose state changes now.
func (s *story) tell(id, parent int64, method, arch string, from, to koji.TaskState) *event.Event {
	t := &koji.Task{ID: id, Parent: parent, Method: method, State: to, Channel: koji.Ref{Name: "default"}, Created: noon, Request: koji.Request{Arch: arch}}
	if to == koji.TaskOpen {
		t.Started = s.now
	}
	if to.Final() {
		t.Started, t.Ended = noon.Add(time.Minute), s.now
	}
	e := &event.Event{Type: event.TaskStateChange, ReceivedAt: s.now, Old: from.String(), New: to.String(), Task: t}
	s.Observe(e)
	return e
}

func (s *story) after(d time.Duration) { s.now = s.now.Add(d) }

// row returns one row of the queue.
func (s *story) row(channel, arch string) Row {
	for _, r := range s.Stats().Queue {
		if r.Channel == channel && r.Arch == arch {
			return r
		}
	}
	return Row{}
}

const (
	none     = koji.TaskUnknown
	free     = koji.TaskFree
	open     = koji.TaskOpen
	closed   = koji.TaskClosed
	failed   = koji.TaskFailed
	canceled = koji.TaskCanceled
)

func TestQueue(t *testing.T) {
	s := newStory(func(id int64, now time.Time) time.Time { return now.Add(time.Duration(id) * time.Minute) })
	s.tell(1, 0, "build", "", none, free)
	s.tell(1, 0, "build", "", free, open)
	s.tell(2, 1, "buildArch", "x86_64", none, free)
	s.tell(3, 1, "buildArch", "x86_64", none, free)
	s.after(time.Minute)
	s.tell(3, 1, "buildArch", "x86_64", free, open)
	if got, want := s.row("default", "x86_64"), (Row{"default", "x86_64", 1, 1, time.Minute, 2 * time.Minute}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := s.row("default", noArch); got.Running != 0 {
		t.Errorf("the build, which waits for what is below it, runs: %+v", got)
	}
	s.tell(2, 1, "buildArch", "x86_64", free, canceled)
	s.tell(3, 1, "buildArch", "x86_64", open, closed)
	if got, want := s.row("default", "x86_64"), (Row{Channel: "default", Arch: "x86_64"}); got != want {
		t.Errorf("in the end the row, which is there to stay, reads %+v", got)
	}
	if got := s.row("default", noArch); got.Running != 1 {
		t.Errorf("the build, with nothing below it, reads %+v", got)
	}
}

// TestDrainUnknown: where no estimate says when tasks start, neither do the metrics.
func TestDrainUnknown(t *testing.T) {
	s := newStory(nil)
	e := s.tell(1, 0, "newRepo", "", none, free)
	if got := s.row("default", noArch).Drain; got >= 0 {
		t.Errorf("without any estimate: %s", got)
	}
	e.Estimate = &event.Estimate{StartsAt: noon.Add(time.Hour)}
	s.Observe(e)
	if got := s.row("default", noArch).Drain; got != time.Hour {
		t.Errorf("with the estimate of an event: %s", got)
	}
}

func TestDurations(t *testing.T) {
	s := newStory(nil)
	s.tell(1, 0, "newRepo", "noarch", none, free)
	s.after(time.Minute)
	s.tell(1, 0, "newRepo", "noarch", free, open)
	s.after(time.Minute)
	s.tell(1, 0, "newRepo", "noarch", open, free) // the host gave it back
	s.after(time.Hour)
	s.tell(1, 0, "newRepo", "noarch", free, open)
	s.tell(1, 0, "newRepo", "noarch", open, closed)
	s.tell(1, 0, "newRepo", "noarch", open, closed)
	s.tell(2, 0, "newRepo", "noarch", none, failed)
	s.tell(3, 0, "rm -rf", "noarch", none, canceled)
	stats := s.Stats()
	w := Work{"newRepo", "noarch"}
	if got := stats.Waits[w]; got.Count != 2 || got.Sum != 120 || got.Buckets[60] != 2 || got.Buckets[15] != 0 {
		t.Errorf("the waits are %+v", got)
	}
	if got := stats.Runs[w]; got.Count != 1 || got.Sum != 3660 || got.Buckets[3600] != 0 || got.Buckets[7200] != 1 {
		t.Errorf("the runs are %+v", got)
	}
	want := map[End]uint64{{"newRepo", "closed"}: 1, {"newRepo", "failed"}: 1, {Other, "canceled"}: 1}
	if !maps.Equal(stats.Ends, want) {
		t.Errorf("the ends are %v", stats.Ends)
	}
}

// TestWithoutTimes: hubs before 1.17 do not say when a task began or ended; then it is when
// the events came.
func TestWithoutTimes(t *testing.T) {
	s := newStory(nil)
	for i, state := range []koji.TaskState{free, open, closed} {
		s.now = noon.Add(time.Duration(i) * time.Minute)
		s.Observe(&event.Event{Type: event.TaskStateChange, ReceivedAt: s.now, Task: &koji.Task{ID: 1, Method: "build", State: state, Created: noon}})
	}
	w := Work{"build", noArch}
	if stats := s.Stats(); stats.Waits[w].Sum != 60 || stats.Runs[w].Sum != 60 {
		t.Errorf("it waited %v and ran %v", stats.Waits[w], stats.Runs[w])
	}
}

func TestBuilds(t *testing.T) {
	s := newStory(nil)
	build := func(id int64, target string, state koji.BuildState) {
		s.Observe(&event.Event{Type: event.BuildStateChange, Build: &koji.Build{ID: id, Target: target, State: state}})
	}
	build(1, "f44", koji.BuildBuilding)
	build(1, "f44", koji.BuildFailed)
	build(1, "f44", koji.BuildFailed)
	build(1, "f44", koji.BuildBuilding) // it is tried again
	build(1, "f44", koji.BuildComplete)
	build(2, "", koji.BuildCanceled)
	build(2, "", koji.BuildDeleted)
	for i := range int64(3 * maxTargets) {
		build(10+i, fmt.Sprint("side-", i), koji.BuildComplete)
	}
	got := s.Stats().Builds
	if got[BuildEnd{"f44", "failed"}] != 1 || got[BuildEnd{"f44", "complete"}] != 1 || got[BuildEnd{None, "canceled"}] != 1 {
		t.Errorf("the builds are %v", got)
	}
	if len(got) != 1+maxTargets+1 || got[BuildEnd{Other, "complete"}] != 3*maxTargets-(maxTargets-2) {
		t.Errorf("%d series, %d builds for other targets", len(got), got[BuildEnd{Other, "complete"}])
	}
}

func TestFailures(t *testing.T) {
	s := newStory(nil)
	below := s.tell(2, 1, "buildArch", "x86_64", open, failed)
	below.Failure = &event.Failure{Kind: "compile"}
	s.Observe(below)
	e := s.tell(1, 0, "build", "", open, failed)
	e.Failure = &event.Failure{Kind: "compile"}
	s.Observe(e) // of which another sink asked for the cause
	s.Observe(e)
	strange := s.tell(3, 0, "build", "", open, failed)
	strange.Failure = &event.Failure{Kind: "<script>"}
	s.Observe(strange)
	want := map[buildlog.Kind]uint64{buildlog.Compile: 1, buildlog.Other: 1}
	got := s.Stats().Failures
	for _, kind := range buildlog.Kinds() {
		if n, there := got[kind]; !there || n != want[kind] {
			t.Errorf("%d failures of kind %s, want %d", n, kind, want[kind])
		}
	}
	if len(got) != len(buildlog.Kinds()) {
		t.Errorf("the failures are %v", got)
	}
}

// TestLoad: tasks that the hub does not list any more have ended, and those that ran before
// anybody looked count as no wait.
func TestLoad(t *testing.T) {
	s := newStory(nil)
	s.tell(1, 0, "newRepo", "x86_64", none, free)
	s.after(time.Minute)
	listedAt := s.now
	s.after(time.Second)
	s.tell(2, 0, "newRepo", "x86_64", none, free)
	s.tell(4, 0, "newRepo", "x86_64", open, closed)
	listed := func(id int64, state koji.TaskState) koji.Task {
		return koji.Task{ID: id, Method: "newRepo", Arch: "x86_64", Channel: koji.Ref{Name: "default"}, State: state, Created: noon, Started: noon}
	}
	s.Load([]koji.Task{listed(3, open), listed(4, open)}, listedAt, false)
	if got := s.row("default", "x86_64"); got.Waiting != 2 || got.Running != 1 {
		t.Errorf("after a part of the list: %+v", got)
	}
	s.Load([]koji.Task{listed(3, open), listed(4, open)}, listedAt, true)
	if got := s.row("default", "x86_64"); got.Waiting != 1 || got.Running != 1 {
		t.Errorf("after the whole list: %+v", got)
	}
	s.tell(3, 0, "newRepo", "x86_64", open, closed)
	w := Work{"newRepo", "x86_64"}
	if stats := s.Stats(); stats.Waits[w].Count != 1 || stats.Runs[w].Count != 2 {
		t.Errorf("the waits are %+v, the runs %+v", stats.Waits[w], stats.Runs[w])
	}
}

// TestAnyOrder: in whatever order the events of a task come, it has ended once in the end.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStory(nil)
		steps := [][2]koji.TaskState{{none, free}, {free, koji.TaskAssigned}, {koji.TaskAssigned, open}, {open, free}, {open, closed}}
		for _, step := range rapid.Permutation(append(steps, steps...)).Draw(t, "steps") {
			s.now = noon.Add(rapid.SampledFrom([]time.Duration{0, time.Hour}).Draw(t, "at"))
			s.tell(1, 0, "build", "", step[0], step[1])
		}
		stats := s.Stats()
		if r := s.row("default", noArch); r.Waiting != 0 || r.Running != 0 || stats.Ends[End{"build", "closed"}] != 1 {
			t.Fatalf("%+v, %v", r, stats.Ends)
		}
	})
}

// TestHostile: whatever messages say, the counts are bounded, and what is silent is
// forgotten.
func TestHostile(t *testing.T) {
	s := newStory(nil)
	for i := range int64(maxTasks + 10) {
		s.tell(i+1, i%7, "build", fmt.Sprint("arch", i%1000), none, free)
	}
	s.tell(maxTasks+100, 0, "build", strings.Repeat("x", 100), none, free)
	s.tell(maxTasks+101, 0, "build", "new\nline", none, free)
	stats := s.Stats()
	if n := len(s.tasks); n > maxTasks || len(stats.Queue) != maxRows+1 {
		t.Errorf("%d tasks, %d rows", n, len(stats.Queue))
	}
	s.after(2 * keepSilent)
	for _, r := range s.Stats().Queue {
		if r.Waiting != 0 {
			t.Fatalf("weeks later: %+v", r)
		}
	}
	if len(s.children) != 0 {
		t.Errorf("the parents of none are %v", s.children)
	}
}

// BenchmarkObserve measures what an event costs, and BenchmarkStats what a scrape does.
func BenchmarkObserve(b *testing.B) {
	s := New(Options{})
	e := &event.Event{Type: event.TaskStateChange, ReceivedAt: noon, Task: &koji.Task{Method: "buildArch", Channel: koji.Ref{Name: "default"}, Created: noon, Started: noon, Ended: noon, Request: koji.Request{Arch: "x86_64"}}}
	b.ReportAllocs()
	states := []koji.TaskState{free, open, closed}
	for i := 0; b.Loop(); i++ {
		e.Task.ID, e.Task.State = int64(i/len(states)+1), states[i%len(states)]
		s.Observe(e)
	}
}

func BenchmarkStats(b *testing.B) {
	s := newStory(nil)
	for i := range int64(10_000) {
		s.tell(i+1, 0, "buildArch", fmt.Sprint("arch", i%8), none, free)
	}
	for b.Loop() {
		s.Stats()
	}
}
