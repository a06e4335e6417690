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
	return []contender{hubAverage{s}, newTxkoji(s), newKojiwatch(s)}
}

// hubAverage is the hub's average duration of the package's builds, counted from now or
// from the start.
//
// Source: getAverageBuildDuration in kojihub.
type hubAverage struct{ hub *simulation.System }

func (hubAverage) name() string { return "hub average" }

// observe has nothing to take in: the hub is asked.
func (hubAverage) observe(*simulation.Notice) {}

func (h hubAverage) estimate(t *koji.Task, now time.Time) (likely, low, high time.Time, ok bool) {
	d, ok := h.hub.AverageBuildDuration(t.Request.Package)
	if !ok {
		return likely, low, high, false
	}
	return now.Add(d), low, high, true
}

// kojiwatch is the estimator as the daemon uses it: it observes all events, and now and
// then gets a snapshot of the queue.
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
