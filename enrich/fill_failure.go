package enrich

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
)

// Bounds of concurrent lookups of failures, and of remembered failures, since several sinks
// and the events of a build and its task need the same one.
const (
	maxFailureLookups = 200
	maxFailureAnswers = 2000
)

// failures finds out why tasks failed, once for each task.
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

// failedTask returns the id of the event's task, or of the task of the event's build, 0 if it
// is unknown.
func failedTask(e *event.Event) int64 {
	switch {
	case e.Task != nil:
		return e.Task.ID
	case e.Build != nil:
		return e.Build.TaskID
	}
	return 0
}

// ask starts to find out why a task failed, unless that is known.
func (f *failures) ask(task int64) (_ *lookup, reason string) {
	if task == 0 {
		return nil, ReasonNotSaid
	}
	if _, found := f.found.Get(task); found {
		return nil, ""
	}
	return f.lookups.ask(need{what: needFailure, id: task})
}

// fill waits until the deadline for the failure of the event's task or build, and sets it. If
// ctx ends first, it returns the error of ctx.
func (f *failures) fill(ctx context.Context, e *event.Event, deadline time.Time) error {
	task := failedTask(e)
	for {
		q, reason := f.ask(task) //nolint:contextcheck // calls may outlive the event
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
				continue // there is an answer now, or a reason for its absence
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		e.Enrichment.Missing = append(e.Enrichment.Missing, event.Gap{Path: "failure", Reason: reason})
		return nil
	}
}
