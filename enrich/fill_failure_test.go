package enrich

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// silentHub has no facts, but all names.
type silentHub struct{}

func (silentHub) Task(context.Context, int64) (koji.Task, error) {
	return koji.Task{}, koji.ErrNotFound
}

func (silentHub) Build(context.Context, int64) (koji.Build, error) {
	return koji.Build{ID: 7, NVR: "bash-5.3-1", TaskID: 1}, nil
}

func (silentHub) BuildOf(context.Context, int64) (koji.Build, error) {
	return koji.Build{}, koji.ErrNotFound
}

func (silentHub) TagsOf(context.Context, int64) ([]string, error) { return nil, koji.ErrNotFound }

func (silentHub) Peek(namecache.Kind, int64) (string, bool) { return "", true }

func (silentHub) Get(context.Context, namecache.Kind, int64) (string, error) {
	return "", koji.ErrNotFound
}

func (silentHub) Learn(namecache.Kind, int64, string, time.Time) {}

// slowFinder finds the same failure for every task, after a delay.
type slowFinder struct {
	takes time.Duration
	err   error
	asked atomic.Int32
}

func (f *slowFinder) Find(ctx context.Context, task int64) (*event.Failure, error) {
	f.asked.Add(1)
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(f.takes):
	}
	if f.err != nil {
		return nil, f.err
	}
	return &event.Failure{Task: task, Arch: "s390x", Log: "build.log", Line: "a.c:1:2: error: no", Kind: "compile"}, nil
}

// failedEvents returns the events of a failed build and its task.
func failedEvents() []*event.Event {
	return []*event.Event{
		{Type: event.TaskStateChange, New: "FAILED", Task: &koji.Task{ID: 1, Method: "build", State: koji.TaskFailed}},
		{Type: event.BuildStateChange, New: "FAILED", Build: &koji.Build{ID: 7, NVR: "bash-5.3-1", TaskID: 1, State: koji.BuildFailed}},
	}
}

// TestFailureInEvents checks that the events of a build and its task have the failure, which is
// looked up once.
func TestFailureInEvents(t *testing.T) {
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		finder := &slowFinder{takes: time.Second}
		en := New(Options{Hub: silentHub{}, Names: silentHub{}, Failures: finder})
		defer en.Close()
		events := failedEvents()
		pending := []Pending{en.BeginWithFailure(events[0]), en.BeginWithFailure(events[1])}
		for i, e := range events {
			if err := en.Finish(t.Context(), e, pending[i]); err != nil {
				t.Fatal(err)
			}
			if e.Failure == nil || e.Failure.Task != 1 || e.Failure.Kind != "compile" {
				t.Errorf("%s: got %+v", e.Type, e.Failure)
			}
		}
		if events[1].Summary != "bash-5.3-1 failed: s390x build.log: a.c:1:2: error: no" {
			t.Errorf("summary %q", events[1].Summary)
		}
		if n := finder.asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// TestFailureIsNotAskedFor checks that no failure is looked up if the sink does not ask for it,
// or if nothing failed.
func TestFailureIsNotAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		finder := &slowFinder{}
		en := New(Options{Hub: silentHub{}, Names: silentHub{}, Failures: finder})
		defer en.Close()
		failed, closed := failedEvents()[0], failedEvents()[0]
		closed.New, closed.Task.State = "CLOSED", koji.TaskClosed
		for e, p := range map[*event.Event]Pending{failed: en.Begin(failed), closed: en.BeginWithFailure(closed)} {
			if err := en.Finish(t.Context(), e, p); err != nil || e.Failure != nil {
				t.Errorf("%s: %+v, %v", e.New, e.Failure, err)
			}
		}
		if n := finder.asked.Load(); n != 0 {
			t.Errorf("asked %d times", n)
		}
	})
}

// TestFailureIsNotInTheWay checks that an event waits for its failure no longer than its
// budget, even with Options.Wait, and not at all while the hub does not answer.
func TestFailureIsNotInTheWay(t *testing.T) {
	for name, test := range map[string]struct {
		finder *slowFinder
		waits  time.Duration
		reason string
	}{
		"slow":      {&slowFinder{takes: time.Hour}, 5 * time.Second, ReasonTimeout},
		"down":      {&slowFinder{err: errors.New("no route")}, 0, ReasonHubDown},
		"not there": {&slowFinder{err: koji.ErrNotFound}, 0, ReasonNotFound},
		"refuses":   {&slowFinder{err: ErrFault}, 0, ReasonFault},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				en := New(Options{Hub: silentHub{}, Names: silentHub{}, Failures: test.finder, Wait: true})
				defer en.Close()
				e, began := failedEvents()[0], time.Now()
				if err := en.Finish(t.Context(), e, en.BeginWithFailure(e)); err != nil {
					t.Fatal(err)
				}
				gaps := e.Enrichment.Missing
				if e.Failure != nil || len(gaps) == 0 || gaps[len(gaps)-1] != (event.Gap{Path: "failure", Reason: test.reason}) {
					t.Errorf("got %+v with gaps %v", e.Failure, gaps)
				}
				if took := time.Since(began); took != test.waits {
					t.Errorf("waited %s, want %s", took, test.waits)
				}
				again := failedEvents()[0]
				began = time.Now()
				if err := en.Finish(t.Context(), again, en.BeginWithFailure(again)); err != nil || time.Since(began) != 0 {
					t.Errorf("the next waited %s: %v", time.Since(began), err)
				}
			})
		})
	}
}

// TestFailureOfAnUnknownTask checks that the failure of a build without a known task is a gap.
func TestFailureOfAnUnknownTask(t *testing.T) {
	en := New(Options{Hub: silentHub{}, Names: silentHub{}, Failures: &slowFinder{}})
	defer en.Close()
	e := &event.Event{Type: event.BuildStateChange, New: "FAILED", Build: &koji.Build{ID: 9, NVR: "x-1-1", State: koji.BuildFailed}}
	if err := en.Finish(t.Context(), e, en.BeginWithFailure(e)); err != nil {
		t.Fatal(err)
	}
	gaps := e.Enrichment.Missing
	if len(gaps) == 0 || gaps[len(gaps)-1] != (event.Gap{Path: "failure", Reason: ReasonNotSaid}) || e.Enrichment.Status != event.StatusPartial {
		t.Errorf("status %s, gaps %v", e.Enrichment.Status, gaps)
	}
}

// TestFailureEndsWithTheContext checks that Finish can be cancelled, and called again.
func TestFailureEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		en := New(Options{Hub: silentHub{}, Names: silentHub{}, Failures: &slowFinder{takes: 2 * time.Second}})
		defer en.Close()
		e := failedEvents()[0]
		p := en.BeginWithFailure(e)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := en.Finish(ctx, e, p); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		if err := en.Finish(t.Context(), e, p); err != nil || e.Failure == nil {
			t.Errorf("got %+v, %v", e.Failure, err)
		}
	})
}
