package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/koji"
)

// compare scores the estimates given for a task that has ended well. A
// restart is no excuse. Spans are compared and not points in time: those that messages
// name may differ from one to the next.
func (e *Estimator) compare(f *trackedTask) {
	if s := f.estimates.waiting; s != nil && f.created != 0 {
		e.compareOne(f, score.Free, s.basis, score.Estimate{
			Likely: time.Duration(s.completion - s.since), Low: time.Duration(s.low - s.since), High: time.Duration(s.high - s.since),
		}, time.Duration(f.done-f.created))
	}
	took := f.took()
	if f.estimates.running == nil || took == 0 {
		return
	}
	s := f.estimates.running
	e.compareOne(f, score.Open, s.basis, score.Estimate{Likely: s.likely, Low: s.least, High: s.most}, took)
	half := took / 2
	// The estimate given before, as somebody who looks at the clock reads it.
	d := forecast.Running(f.estimates.after(half).duration(), timeOf(f.started), timeOf(f.started).Add(half)).Duration
	e.compareOne(f, score.Half, d.Basis, score.Estimate{Likely: d.Likely - half, Low: d.Low - half, High: d.High - half}, took-half)
}

// compareOne compares the remaining time estimated at a moment with the true one.
func (e *Estimator) compareOne(f *trackedTask, m score.Moment, basis string, s score.Estimate, remained time.Duration) {
	if remained <= 0 {
		return
	}
	method := f.run.Method
	if !koji.KnownMethod(method) {
		method = "other" // scores become metrics, which are to be few
	}
	k := score.Key{Method: method, Basis: basis, Moment: m}
	e.scores.Add(k, s, remained)
	average := e.average(f.run.Package)
	if average <= 0 || method != "build" && method != "buildArch" {
		return
	}
	if m == score.Half {
		average -= remained // as much has gone by
	}
	e.scores.AddBaseline(k, average, remained)
}

// mean is the average of what went by.
type mean struct {
	sum time.Duration
	n   int
}

// A mean takes about a hundred bytes.
const rememberMeans = 50_000

func (e *Estimator) learnMean(pkg string, took time.Duration) {
	m, _ := e.means.Get(pkg)
	e.means.Put(pkg, mean{m.sum + took, m.n + 1})
}

// average is the hub's average of a package, or the average of the builds seen.
func (e *Estimator) average(pkg string) time.Duration {
	if d := e.hubAverage(pkg); d > 0 {
		return d
	}
	if m, ok := e.means.Get(pkg); ok {
		return m.sum / time.Duration(m.n)
	}
	return 0
}

// Average returns how long builds of a package take on average, 0 where that is not known.
func (e *Estimator) Average(pkg string) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.average(pkg)
}

func (e *Estimator) hubAverage(pkg string) time.Duration {
	if e.opts.Averages == nil || pkg == "" {
		return 0
	}
	return e.opts.Averages.Average(pkg)
}
