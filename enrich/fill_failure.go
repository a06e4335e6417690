package enrich

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
)

// Bounds of what is asked and remembered of failures. Several sinks want the same one, and
// so do the events of a build and its task.
const (
	maxFailureLookups = 200
	maxFailureAnswers = 2000
)

// failures finds out why things failed, each once.
type failures struct {
	lookups *lookups
	found   *boundedcache.Cache[int64, event.Failure] // by task
}

func newFailures(finder Failures, timeout time.Duration) *failures {
	f := &failures{found: boundedcache.New[int64, event.Failure](maxFailureAnswers)}
	f.lookups = newLookups(timeout, func(ctx context.Context, n need) error {
		failure, err := finder.Find(ctx, n.id)
		if err == nil {
			f.found.Put(n.id, *failure)
		}
		return err
	})
	f.lookups.most = maxFailureLookups
	return f
}

// failedTask returns the id of the task that an event tells has failed, or whose build
// has; 0 if it is not known.
func failedTask(e *event.Event) int64 {
	switch {
	case e.Task != nil:
		return e.Task.ID
	case e.Build != nil:
		return e.Build.TaskID
	}
	return 0
}

// ask has the hub asked about a task, unless the answer is there.
func (f *failures) ask(task int64) (_ *lookup, reason string) {
	if task == 0 {
		return nil, ReasonNotSaid
	}
	if _, found := f.found.Get(task); found {
		return nil, ""
	}
	return f.lookups.ask(need{what: needFailure, id: task})
}

// fill waits for why the event's task or build failed until the deadline, and puts it into
// the event. The error is that of ctx, if that ended first.
func (f *failures) fill(ctx context.Context, e *event.Event, deadline time.Time) error {
	task := failedTask(e)
	for {
		q, reason := f.ask(task) //nolint:contextcheck // a question outlives the event that has it
		if q == nil && reason == "" {
			failure, _ := f.found.Get(task)
			e.Failure = &failure
			return nil
		}
		if q != nil {
			reason = ReasonTimeout
			if f.lookups.breaker.IsOpen() {
				reason = ReasonHubDown
			}
			if f.lookups.wait(ctx, []*lookup{q}, deadline) {
				continue // there is an answer now, or a reason why there is none
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		e.Enrichment.Missing = append(e.Enrichment.Missing, event.Gap{Path: "failure", Reason: reason})
		return nil
	}
}
