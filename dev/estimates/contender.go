package main

import (
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
)

// contender is a way to tell when a task will be done.
type contender interface {
	name() string
	// observe takes in what the hub tells.
	observe(n *simulation.Notice)
	// estimate is when the task will be done, and between when; it is not ok if there
	// is no answer. low and high are zero where no interval is given.
	estimate(t *koji.Task, now time.Time) (likely, low, high time.Time, ok bool)
}

func contenders(s *simulation.System) []contender {
	average := &hubAverage{builds: map[string]*total{}}
	return []contender{average, newTxkoji(s, average), newKojiwatch(s)}
}

// hubAverage is the hub's average duration of the package's builds, counted from now or
// from the start.
//
// Source: getAverageBuildDuration in kojihub.
type hubAverage struct{ builds map[string]*total }

type total struct {
	sum time.Duration
	n   int
}

func (*hubAverage) name() string { return "hub average" }

func (h *hubAverage) observe(n *simulation.Notice) {
	if n.Build == nil {
		return
	}
	t := h.builds[n.Build.Name]
	if t == nil {
		t = new(total)
		h.builds[n.Build.Name] = t
	}
	t.sum += n.Build.Ended.Sub(n.Build.Created)
	t.n++
}

func (h *hubAverage) average(pkg string) (time.Duration, bool) {
	t := h.builds[pkg]
	if t == nil {
		return 0, false
	}
	return t.sum / time.Duration(t.n), true
}

func (h *hubAverage) estimate(t *koji.Task, now time.Time) (likely, low, high time.Time, ok bool) {
	d, ok := h.average(t.Request.Package)
	if !ok {
		return likely, low, high, false
	}
	return now.Add(d), low, high, true
}

// kojiwatch is what this project is about, as the daemon uses it: all events go through
// it, and now and then it is told of the queue.
type kojiwatch struct {
	*estimates.Estimator
	system *simulation.System
	looked time.Time
}

func newKojiwatch(s *simulation.System) *kojiwatch {
	return &kojiwatch{Estimator: estimates.New(estimates.Options{}), system: s}
}

func (*kojiwatch) name() string { return "kojiwatch" }

// lookEvery is how often the daemon asks the hub for its queue.
const lookEvery = 10 * time.Minute

func (k *kojiwatch) observe(n *simulation.Notice) {
	if n.Build != nil {
		k.ObserveBuild(n.Build, n.At)
		return
	}
	k.Observe(n.Task, n.At)
	if n.At.Sub(k.looked) >= lookEvery {
		k.looked = n.At
		k.LoadQueue(k.system.Snapshot())
	}
}

func (k *kojiwatch) estimate(t *koji.Task, now time.Time) (likely, low, high time.Time, ok bool) {
	e, ok := k.Task(t, now)
	return e.CompletionAt, e.Low, e.High, ok
}
