package estimation

import (
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// eventEstimates passes the events to the estimator and fills in their estimates.
type eventEstimates struct {
	estimator *estimates.Estimator

	mu     sync.Mutex
	newest time.Time // of the times at which events were received
	seen   time.Time // the newest of what events told, by the hub's own times
	late   bool      // the last of those that gave a time was late
}

// Estimate implements enrich.Estimates.
func (s *eventEstimates) Estimate(e *event.Event) { s.take(e, false) }

// take takes in an event, which teaches nothing if it comes again, and sets its estimate.
func (s *eventEstimates) take(e *event.Event, again bool) {
	now := s.now(e)
	if now.IsZero() {
		return
	}
	received := e.ReceivedAt
	if received.IsZero() {
		received = now
	}
	observe, observeBuild := s.estimator.Observe, s.estimator.ObserveBuild
	if again {
		observe, observeBuild = s.estimator.ObserveAgain, s.estimator.ObserveBuildAgain
	}
	switch {
	case e.Type == event.TaskStateChange && e.Task != nil:
		t := timedTask(e.Task, now)
		observe(t, now)
		if x, ok := s.estimator.Task(t, now); ok {
			e.Estimate = estimateOf(&x, received, e.Task.State.Final())
		}
	case e.Type == event.BuildStateChange && e.Build != nil:
		b := timedBuild(e.Build, now)
		observeBuild(b, now)
		if x, ok := s.estimator.Build(b, now); ok {
			e.Estimate = estimateOf(&x, received, e.Build.State.Final())
		}
	}
}

// lateAfter is how old what an event tells may be when the event is received. One that
// has waited for longer in its queue, because kojiwatch or the broker was down, is seen
// from when it happened: seen from now, all that began meanwhile would be overdue.
const lateAfter = time.Minute

// now is the time that an event is seen from. A late one is not seen from before what
// others have told. A recording may have events without a time; they came after those
// before.
func (s *eventEstimates) now(e *event.Event) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := e.ReceivedAt
	if at.IsZero() {
		return s.newest
	}
	if at.After(s.newest) {
		s.newest = at
	}
	if happened := happenedAt(e); !happened.IsZero() {
		s.late = at.Sub(happened) > lateAfter
		if happened.After(s.seen) {
			s.seen = happened
		}
	}
	if s.late && s.seen.Before(at) {
		return s.seen
	}
	return at
}

// estimateOf is an estimate as the event has it. Of what has ended nothing remains.
func estimateOf(x *forecast.Estimate, now time.Time, final bool) *event.Estimate {
	d := &x.Duration
	out := &event.Estimate{
		StartsAt: micros(x.StartsAt), CompletionAt: micros(x.CompletionAt),
		CompletionLow: micros(x.Low), CompletionHigh: micros(x.High), Ahead: x.Ahead,
		Samples: d.Samples, Basis: d.Basis, Overdue: x.Overdue,
	}
	if !final && !x.CompletionAt.IsZero() {
		out.Remaining = koji.Some(max(0, x.CompletionAt.Sub(now)))
	}
	if d.Known() {
		out.Duration, out.Low, out.High = koji.Some(d.Likely), koji.Some(d.Low), koji.Some(d.High)
	}
	return out
}

// micros is a time with the precision of the event's others.
func micros(t time.Time) time.Time { return t.Truncate(time.Microsecond) }
