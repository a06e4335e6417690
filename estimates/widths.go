package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/koji"
)

// widen makes the interval of a build as wide as it has to be. That of a build is put
// together from those of its parts, which are right each for itself, but have much in
// common. It returns the interval as it was, from the start or from when it was made.
func (e *Estimator) widen(est *forecast.Estimate, f *trackedTask, now time.Time) (told forecast.Spread) {
	t := &f.task
	if t.Method != "build" || !est.Known() || len(f.children) > 0 {
		return told
	}
	since := orNow(t.Started, now)
	if t.State != koji.TaskOpen {
		since = orNow(t.Created, now)
	}
	told = forecast.Spread{Likely: est.CompletionAt.Sub(since), Low: est.Low.Sub(since), High: est.High.Sub(since)}
	low, high := e.past.Widen(widthKind(t, t.State), told.Likely, told.Low, told.High)
	est.Low, est.High = since.Add(low), since.Add(high)
	if est.Low.Before(now) {
		est.Low = now
	}
	if t.State == koji.TaskOpen {
		est.Duration.Low, est.Duration.High = est.Low.Sub(since), est.High.Sub(since)
	}
	return told
}

// learnWidths teaches how wide the intervals of a build should have been.
func (e *Estimator) learnWidths(f *trackedTask) {
	t := &f.task
	if s := f.estimates.rawRunning; s.Known() {
		e.past.LearnWidth(widthKind(t, koji.TaskOpen), s.Likely, s.Low, s.High, t.Duration().Value)
	}
	if s := f.estimates.rawWaiting; s.Known() && !t.Created.IsZero() {
		e.past.LearnWidth(widthKind(t, koji.TaskFree), s.Likely, s.Low, s.High, t.Ended.Sub(t.Created))
	}
}

// widthKind groups builds whose intervals are too narrow by about the same factor.
func widthKind(t *koji.Task, s koji.TaskState) string {
	if s == koji.TaskOpen {
		return "open " + kindOf(t)
	}
	return "free " + kindOf(t)
}
