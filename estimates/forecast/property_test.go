package forecast_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/koji"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

var methods = []string{"build", "buildArch", "buildSRPMFromSCM", "tagBuild", "newRepo", "image", "odd"}

func drawPast(t *rapid.T) *forecast.LastRuns {
	p := &forecast.LastRuns{Average: time.Duration(rapid.Int64Range(-1e13, 1e13).Draw(t, "average"))}
	for i := range rapid.IntRange(0, 6).Draw(t, "builds") {
		root := drawEnded(t, "build", now.Add(-time.Duration(i)*time.Hour))
		tree := forecast.Tree{Root: root}
		for range rapid.IntRange(0, 4).Draw(t, "children") {
			tree.Children = append(tree.Children, drawEnded(t, rapid.SampledFrom(methods).Draw(t, "method"), root.Started))
		}
		p.Builds = append(p.Builds, tree)
	}
	for range rapid.IntRange(0, 4).Draw(t, "tasks") {
		p.Tasks = append(p.Tasks, drawEnded(t, rapid.SampledFrom(methods).Draw(t, "method"), now))
	}
	return p
}

// drawEnded may have no start, or end before it.
func drawEnded(t *rapid.T, method string, at time.Time) koji.Task {
	task := koji.Task{Method: method, State: koji.TaskClosed, Started: at}
	task.Ended = at.Add(time.Duration(rapid.IntRange(-60, 100_000).Draw(t, "took")) * time.Second)
	if rapid.IntRange(0, 9).Draw(t, "start is null") == 0 {
		task.Started = time.Time{}
	}
	return task
}

func drawNode(t *rapid.T, method string, depth int) *forecast.Node {
	n := &forecast.Node{Task: koji.Task{
		ID: rapid.Int64Range(1, 1e6).Draw(t, "id"), Method: method,
		State:   rapid.SampledFrom([]koji.TaskState{koji.TaskFree, koji.TaskAssigned, koji.TaskOpen, koji.TaskClosed, koji.TaskFailed, koji.TaskUnknown}).Draw(t, "state"),
		Created: now.Add(-time.Hour), Started: now.Add(time.Duration(rapid.IntRange(-200_000, 60).Draw(t, "started")) * time.Second),
	}}
	if n.Task.State.Final() {
		n.Task.Ended = n.Task.Started.Add(time.Minute)
	}
	if depth > 0 {
		for range rapid.IntRange(0, 4).Draw(t, "children") {
			n.Children = append(n.Children, drawNode(t, rapid.SampledFrom(methods).Draw(t, "method"), depth-1))
		}
	}
	return n
}

// TestLaws: whatever the hub says, what goes on is not done in the past, and the
// interval is in order.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := forecast.Forecaster{Past: drawPast(t), Now: now}
		n := drawNode(t, rapid.SampledFrom(methods).Draw(t, "method"), 2)
		f.Forecast(n, nil)
		check(t, n)
	})
}

func check(t *rapid.T, n *forecast.Node) {
	e := &n.Estimate
	if e.Known() && (e.CompletionAt.Before(e.Low) || e.High.Before(e.CompletionAt)) {
		t.Fatalf("out of order: %+v of %+v", e, n.Task)
	}
	if e.Known() && !n.Task.State.Final() && e.Low.Before(now) {
		t.Fatalf("in the past: %+v of %+v", e, n.Task)
	}
	for _, c := range n.Children {
		check(t, c)
	}
}

// TestElapsed: the longer something has run, the longer it takes in all.
func TestElapsed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := forecast.Forecaster{Past: drawPast(t), Now: now}
		method := rapid.SampledFrom(methods[1:]).Draw(t, "method")
		whole := func(elapsed time.Duration) forecast.Spread {
			n := &forecast.Node{Task: koji.Task{Method: method, State: koji.TaskOpen, Started: now.Add(-elapsed)}}
			f.Forecast(n, nil)
			return n.Estimate.Duration
		}
		short := time.Duration(rapid.Int64Range(0, 2e14).Draw(t, "elapsed"))
		long := short + time.Duration(rapid.Int64Range(0, 1e13).Draw(t, "more"))
		a, b := whole(short), whole(long)
		const grain = time.Microsecond
		if b.Likely < a.Likely-grain || b.Low < a.Low-grain || b.High < a.High-grain {
			t.Fatalf("after %v %+v, after %v %+v", short, a, long, b)
		}
	})
}

// TestOutlier: one build that hung a weekend does not rule.
func TestOutlier(t *testing.T) {
	past := forecast.LastRuns{}
	for i := range 8 {
		took := 10 * time.Minute
		if i == 0 {
			took = 60 * time.Hour
		}
		past.Tasks = append(past.Tasks, koji.Task{Method: "odd", State: koji.TaskClosed, Started: now, Ended: now.Add(took)})
	}
	s := past.Run(&koji.Task{Method: "odd"}, nil)
	if s.Likely.Round(time.Second) != 10*time.Minute || s.High > 25*time.Minute || s.Samples != 8 {
		t.Errorf("%+v", s)
	}
}
