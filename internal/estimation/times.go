package estimation

import (
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Hubs before 1.17 send the record of a task or build as it was before the change:
// without the time at which it began or ended. That is the time of the event then,
// so that the estimator learns from it. The event itself does not say it.

// timedTask returns a task with the time of its event where it lacks its own.
func timedTask(t *koji.Task, now time.Time) *koji.Task {
	began := t.State == koji.TaskOpen && t.Started.IsZero()
	ended := t.State.Final() && t.Ended.IsZero() && !t.Started.IsZero() && now.After(t.Started)
	if !began && !ended {
		return t
	}
	timed := *t
	if began {
		timed.Started = now
	} else {
		timed.Ended = now
	}
	return &timed
}

// timedBuild does the same for a build.
func timedBuild(b *koji.Build, now time.Time) *koji.Build {
	since := b.Started
	if since.IsZero() {
		since = b.Created
	}
	began := b.State == koji.BuildBuilding && since.IsZero()
	ended := b.State.Final() && b.Ended.IsZero() && !since.IsZero() && now.After(since)
	if !began && !ended {
		return b
	}
	timed := *b
	if began {
		timed.Started = now
	} else {
		timed.Ended = now
	}
	return &timed
}

// happenedAt returns when what an event tells happened by the hub's own word, the zero time
// if it does not say.
func happenedAt(e *event.Event) time.Time {
	switch {
	case e.Type == event.TaskStateChange && e.Task != nil:
		switch t := e.Task; {
		case t.State.Final():
			return t.Ended
		case t.State == koji.TaskOpen:
			return t.Started
		case t.State == koji.TaskFree && e.Old == "": // it is new, and was not given back
			return t.Created
		}
	case e.Type == event.BuildStateChange && e.Build != nil:
		switch b := e.Build; b.State {
		case koji.BuildBuilding:
			return b.Started
		case koji.BuildComplete, koji.BuildFailed, koji.BuildCanceled:
			return b.Ended
		}
	}
	return time.Time{}
}
