package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/koji"
)

// compare takes down how what was said of a task that has ended well has fared. A
// restart is no excuse.
func (e *Estimator) compare(f *follow) {
	ended := f.task.Ended
	if ended.IsZero() {
		return
	}
	if s := f.given.waiting; s.Known() {
		e.compareOne(f, score.Free, s, ended)
	}
	if s := f.given.running; s.Known() {
		e.compareOne(f, score.Open, s, ended)
		half := f.task.Started.Add(ended.Sub(f.task.Started) / 2)
		if s = f.given.before(half); !f.task.Started.IsZero() && !half.Before(s.when) {
			// What was said before, by somebody who looks at his watch.
			s.Estimate = forecast.Running(s.Duration, f.task.Started, half)
			s.when = half
			e.compareOne(f, score.Half, s, ended)
		}
	}
}

func (e *Estimator) compareOne(f *follow, m score.Moment, s said, ended time.Time) {
	remained := ended.Sub(s.when)
	if remained <= 0 {
		return // it was over before anybody knew
	}
	method := f.task.Method
	if !koji.KnownMethod(method) {
		method = "other" // scores become metrics, which are to be few
	}
	k := score.Key{Method: method, Basis: s.Duration.Basis, Moment: m}
	e.scores.Add(k, score.Estimate{
		Likely: s.CompletionAt.Sub(s.when), Low: s.Low.Sub(s.when), High: s.High.Sub(s.when),
	}, remained)
	average := e.average(f.run.Package)
	if average <= 0 || k.Method != "build" && k.Method != "buildArch" {
		return
	}
	if m == score.Half {
		average -= s.when.Sub(f.task.Started)
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
	m, _ := e.means.get(pkg)
	e.means.put(pkg, mean{m.sum + took, m.n + 1})
}

// average is what the hub's average of a package is, or would be after the builds that
// went by.
func (e *Estimator) average(pkg string) time.Duration {
	if d := e.hubAverage(pkg); d > 0 {
		return d
	}
	if m, ok := e.means.get(pkg); ok {
		return m.sum / time.Duration(m.n)
	}
	return 0
}

func (e *Estimator) hubAverage(pkg string) time.Duration {
	if e.opts.Averages == nil || pkg == "" {
		return 0
	}
	return e.opts.Averages.Average(pkg)
}
