package estimates_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/koji"
)

var start = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// testHub is an estimator and what happens before it.
type testHub struct {
	*estimates.Estimator
	next int64
}

func newTestHub(o estimates.Options) *testHub { return &testHub{Estimator: estimates.New(o)} }

// task makes a task that waits from a point in time on.
func (w *testHub) task(method, pkg string, parent int64, at time.Time) *koji.Task {
	w.next++
	t := &koji.Task{ID: w.next, Method: method, Parent: parent, State: koji.TaskFree, Created: at}
	t.Request.Package, t.Request.Target.Name = pkg, "f44"
	w.observe(t, at)
	return t
}

// tell has an event about the task seen and its estimate asked for, as the daemon does.
func (w *testHub) observe(t *koji.Task, at time.Time) {
	w.Observe(t, at)
	w.Task(t, at)
}

func (w *testHub) open(t *koji.Task, at time.Time) {
	t.State, t.Started = koji.TaskOpen, at
	w.observe(t, at)
}

func (w *testHub) end(t *koji.Task, s koji.TaskState, at time.Time) {
	t.State, t.Ended = s, at
	w.observe(t, at)
}

// run has a task wait for a minute, run and end well, and returns its end.
func (w *testHub) run(method, pkg string, parent int64, at time.Time, took time.Duration) time.Time {
	t := w.task(method, pkg, parent, at)
	w.open(t, at.Add(time.Minute))
	end := at.Add(time.Minute + took)
	w.end(t, koji.TaskClosed, end)
	return end
}

// averages are a hub's.
type averages map[string]time.Duration

func (a averages) Average(pkg string) time.Duration { return a[pkg] }

// TestHubAverage: the hub's average serves for a package until it has a history.
func TestHubAverage(t *testing.T) {
	w := newTestHub(estimates.Options{Averages: averages{"bash": 10 * time.Minute}})
	for range 20 {
		w.run("build", "other", 0, start, time.Hour)
	}
	task := w.task("build", "bash", 0, start.Add(time.Hour))
	w.open(task, start.Add(time.Hour))
	got, ok := w.Task(task, start.Add(time.Hour))
	if d := got.Duration; !ok || d.Basis != "hub-average" || d.Likely < 10*time.Minute || d.Likely > 15*time.Minute {
		t.Errorf("got %+v, %v", got, ok)
	}
	w.end(task, koji.TaskClosed, start.Add(80*time.Minute))
	task = w.task("build", "bash", 0, start.Add(2*time.Hour))
	w.open(task, start.Add(2*time.Hour))
	got, ok = w.Task(task, start.Add(2*time.Hour))
	if d := got.Duration; !ok || d.Basis != "history" || d.Samples != 1 || d.Likely < 15*time.Minute || d.Likely > 25*time.Minute {
		t.Errorf("got %+v, %v", got, ok)
	}
}

// TestWhatTeaches: only what has ended well and ran once does.
func TestWhatTeaches(t *testing.T) {
	closed := func(w *testHub, task *koji.Task) { w.end(task, koji.TaskClosed, task.Started.Add(time.Hour)) }
	for name, tt := range map[string]struct {
		happens func(*testHub, *koji.Task)
		teaches bool
	}{
		"closed":             {closed, true},
		"closed, told twice": {func(w *testHub, task *koji.Task) { closed(w, task); closed(w, task) }, true},
		"failed":             {func(w *testHub, task *koji.Task) { w.end(task, koji.TaskFailed, task.Started.Add(time.Hour)) }, false},
		"canceled":           {func(w *testHub, task *koji.Task) { w.end(task, koji.TaskCanceled, task.Started.Add(time.Hour)) }, false},
		"restarted": {func(w *testHub, task *koji.Task) {
			task.State = koji.TaskFree
			w.observe(task, task.Started.Add(10*time.Minute))
			w.open(task, task.Started.Add(20*time.Minute))
			closed(w, task)
		}, false},
		"a clock that went back": {func(w *testHub, task *koji.Task) {
			w.end(task, koji.TaskClosed, task.Started.Add(-time.Second))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTestHub(estimates.Options{})
			task := w.task("image", "cloud", 0, start)
			w.open(task, start.Add(time.Minute))
			tt.happens(w, task)
			next := w.task("image", "cloud", 0, start.Add(9*time.Hour))
			w.open(next, start.Add(9*time.Hour))
			got, ok := w.Task(next, start.Add(9*time.Hour))
			if ok != tt.teaches || ok && got.Duration.Samples != 1 {
				t.Errorf("got %+v, %v", got, ok)
			}
		})
	}
}

// TestCanceledTasksTeach: where tasks hang until they are canceled, the next is expected to
// take as long. A build is told by its parts.
func TestCanceledTasksTeach(t *testing.T) {
	for method, teaches := range map[string]bool{"image": true, "build": false} {
		w := newTestHub(estimates.Options{})
		at := start
		for range 5 {
			at = w.run(method, "cloud", 0, at, time.Hour)
		}
		for range 2 {
			task := w.task(method, "cloud", 0, at)
			w.open(task, at)
			at = at.Add(9 * time.Hour)
			w.end(task, koji.TaskCanceled, at)
		}
		next := w.task(method, "cloud", 0, at)
		w.open(next, at)
		got, ok := w.Task(next, at)
		if learnt := got.Duration.Likely > 4*time.Hour; !ok || learnt != teaches {
			t.Errorf("%s: %s after two that ran for nine hours", method, got.Duration.Likely)
		}
	}
}

// TestFinal: of what has ended there is what was said of it last.
func TestFinal(t *testing.T) {
	w := newTestHub(estimates.Options{})
	at := start
	for range 5 {
		at = w.run("image", "cloud", 0, at, time.Hour)
	}
	task := w.task("image", "cloud", 0, at)
	w.open(task, at)
	said, _ := w.Task(task, at)
	w.end(task, koji.TaskClosed, at.Add(2*time.Hour))
	for range 2 {
		if got, ok := w.Task(task, at.Add(3*time.Hour)); !ok || got != said {
			t.Errorf("got %+v, %v, want %+v", got, ok, said)
		}
	}
}

// TestScores compares what was said at each moment with the truth.
func TestScores(t *testing.T) {
	w := newTestHub(estimates.Options{})
	at := start
	const builds = 300
	for i := range builds {
		pkg := fmt.Sprint("p", i%20)
		at = w.run("build", pkg, 0, at, time.Hour)
		w.ObserveBuild(&koji.Build{
			ID: int64(i + 1), Name: pkg, State: koji.BuildComplete, Created: at.Add(-30 * time.Minute), Ended: at,
		}, at)
	}
	scores := w.Scores()
	for _, m := range score.Moments() {
		got := scores.Of(func(k score.Key) bool { return k.Method == "build" && k.Moment == m })
		if n := got.Ratios.Count(); n != builds-1 {
			t.Errorf("at %s: %d estimates", m, n)
		}
		if e := got.Ratios.MedianError(); e > 0.05 {
			t.Errorf("at %s: half of the estimates are off by more than %v", m, e)
		}
		if e := got.Baseline.MedianError(); e < 0.4 || got.Baseline.Count() < builds-20 {
			t.Errorf("at %s: the hub's average is off by %v, n = %d", m, e, got.Baseline.Count())
		}
		if c := got.Coverage(); c < 0.8 {
			t.Errorf("at %s: coverage %v", m, c)
		}
	}
}

// TestScoreGoesOn: a process goes on where another has ended.
func TestScoreGoesOn(t *testing.T) {
	before := new(score.Card)
	before.Add(score.Key{Method: "image", Basis: "history", Moment: score.Open}, score.Estimate{Likely: 1}, 1)
	w := newTestHub(estimates.Options{Scores: before})
	w.run("image", "cloud", 0, w.run("image", "cloud", 0, start, time.Hour), time.Hour)
	scores := w.Scores()
	got := scores.Of(func(k score.Key) bool { return k.Moment == score.Open })
	if n := got.Ratios.Count(); n != 2 {
		t.Errorf("%d estimates", n)
	}
}

// TestPickup: what a hub and its builders take to start a task that nothing stands in the
// way of is learnt.
func TestPickup(t *testing.T) {
	w := newTestHub(estimates.Options{})
	w.LoadQueue(hosts(start, 10))
	at := start
	free := func() *koji.Task {
		task := &koji.Task{ID: w.id(), Method: "image", State: koji.TaskFree, Arch: "x86_64", Created: at, Channel: koji.Ref{ID: 1}}
		w.observe(task, at)
		return task
	}
	starts := func() time.Duration {
		e, _ := w.Task(free(), at)
		return e.StartsAt.Sub(at)
	}
	if d := starts(); d > time.Minute {
		t.Errorf("at first it starts in %v", d)
	}
	for range 30 {
		task := free()
		w.open(task, at.Add(5*time.Minute))
		w.end(task, koji.TaskClosed, at.Add(6*time.Minute))
		at = at.Add(10 * time.Minute)
	}
	if d := starts(); d < 4*time.Minute || d > 6*time.Minute {
		t.Errorf("after 30 that waited for 5 minutes it starts in %v", d)
	}
}

// TestLookup: whoever asks by id gets what the next event would have, and asking changes
// nothing.
func TestLookup(t *testing.T) {
	w := newTestHub(estimates.Options{})
	for range 3 {
		w.run("image", "cloud", 0, start, time.Hour)
	}
	at := start.Add(2 * time.Hour)
	task := w.task("image", "cloud", 0, at)
	w.Observe(task, at)
	for _, id := range []int64{0, task.ID + 1} {
		if e, ok := w.Lookup(id, at); ok {
			t.Errorf("of a task that nobody has seen: %+v", e)
		}
	}
	got, ok := w.Lookup(task.ID, at)
	want, _ := w.Task(task, at)
	if !ok || got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestListed: what the hub alone tells of is estimated, too, and forgotten when it does not
// tell of it any more. An event makes it a task like any other.
func TestListed(t *testing.T) {
	w := newTestHub(estimates.Options{})
	for range 20 {
		w.run("build", "bash", 0, start, time.Hour)
	}
	at := start.Add(2 * time.Hour)
	s := hosts(at, 10)
	for i, started := range []time.Time{at.Add(-20 * time.Minute), {}, at} {
		build := koji.Task{
			ID: int64(100 + i), Method: "build", Arch: "x86_64", State: koji.TaskFree, Channel: koji.Ref{ID: 1}, Created: at.Add(-30 * time.Minute), Started: started,
		}
		if build.Request.Package = "bash"; !started.IsZero() {
			build.State = koji.TaskOpen
		}
		s.Tasks = append(s.Tasks, build)
	}
	s.Tasks = append(s.Tasks, koji.Task{ID: 103, Parent: 100, Method: "buildArch", Arch: "x86_64", State: koji.TaskOpen, Created: at, Started: at})
	before := w.Scores()
	w.LoadQueue(s)
	for _, task := range s.Tasks[:3] {
		if est, ok := w.Lookup(task.ID, at); !ok || est.CompletionAt.Before(at.Add(20*time.Minute)) || est.CompletionAt.After(at.Add(2*time.Hour)) {
			t.Errorf("task %d: got %+v, %v", task.ID, est, ok)
		}
	}
	ended := s.Tasks[0]
	w.end(&ended, koji.TaskClosed, at.Add(time.Minute))
	if after := w.Scores(); !reflect.DeepEqual(before, after) {
		t.Error("an estimate that nobody was given counts")
	}
	s.At = at.Add(2 * time.Minute)
	w.LoadQueue(s) // from before it had ended
	if w.Follows(ended.ID) {
		t.Error("what has ended is followed again")
	}
	heard := s.Tasks[1]
	w.observe(&heard, s.At.Add(time.Second))
	s.Tasks, s.At = nil, s.At.Add(time.Minute)
	if s.Partial = true; !w.Follows(102) {
		t.Error("a listed task is not followed")
	}
	w.LoadQueue(s)
	if !w.Follows(102) {
		t.Error("what a part of the list does not name is forgotten")
	}
	s.Partial = false
	w.LoadQueue(s)
	if w.Follows(102) || w.Follows(103) || !w.Follows(heard.ID) {
		t.Error("what is listed no more is followed, or what was heard of is not")
	}
}
