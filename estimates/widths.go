package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/koji"
)

// widen makes the interval of a build as wide as it has to be. That of a build is put
// together from those of its parts, which are right each for itself, but have much in
// common. It returns the interval as it was, from the start or from when it was made.
func (e *Estimator) widen(est *forecast.Estimate, f *trackedTask, crowded bool, now time.Time) (told forecast.Spread) {
	if f.run.Method != "build" || !est.Known() || len(f.children) > 0 {
		return told
	}
	since := orNow(timeOf(f.started), now)
	if f.state != koji.TaskOpen {
		since = orNow(timeOf(f.created), now)
	}
	told = forecast.Spread{Likely: est.CompletionAt.Sub(since), Low: est.Low.Sub(since), High: est.High.Sub(since)}
	low, high := e.past.Widen(widthKind(&f.record, f.state, crowded), told.Likely, told.Low, told.High)
	est.Low, est.High = since.Add(low), since.Add(high)
	if est.Low.Before(now) {
		est.Low = now
	}
	if f.state == koji.TaskOpen {
		est.Duration.Low, est.Duration.High = est.Low.Sub(since), est.High.Sub(since)
	}
	return told
}

// learnWidths teaches how wide the intervals of a build should have been.
func (e *Estimator) learnWidths(f *trackedTask) {
	if s := f.estimates.running; s != nil && s.raw != nil {
		e.past.LearnWidth(widthKind(&f.record, koji.TaskOpen, s.crowded), s.raw.Likely, s.raw.Low, s.raw.High, f.took())
	}
	if s := f.estimates.waiting; s != nil && s.raw != nil && f.created != 0 {
		e.past.LearnWidth(widthKind(&f.record, koji.TaskFree, s.crowded), s.raw.Likely, s.raw.Low, s.raw.High, time.Duration(f.done-f.created))
	}
}

// widthKind groups builds whose intervals are too narrow by about the same factor. Those
// that will have to wait for hosts are a kind of their own.
func widthKind(r *record, s koji.TaskState, crowded bool) string {
	if crowded {
		return "crowded, " + widthKind(r, s, false)
	}
	if s == koji.TaskOpen {
		return "open " + r.kind()
	}
	return "free " + r.kind()
}
