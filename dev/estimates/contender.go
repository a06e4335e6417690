package main

import (
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
)

// contender is a method to estimate when a task will be done.
type contender interface {
	name() string
	// observe processes a message of the hub.
	observe(n *simulation.Notice)
	// estimate estimates a task. ok is false if there is no estimate.
	estimate(t *koji.Task, now time.Time) (answer, bool)
}

// answer has the times at which a task will start and be done. Unknown times are zero.
type answer struct{ starts, likely, low, high time.Time }

// The two ways of using kojiwatch.
const (
	withHub    = "kojiwatch, hub"
	streamOnly = "kojiwatch, stream"
)

func contenders(s *simulation.System) []contender {
	return []contender{hubAverage{s}, newTxkoji(s), meanOfTen(), medianOfFifteen(), newKojiwatch(withHub, s), newKojiwatch(streamOnly, nil)}
}

// peers returns the names of the contenders that kojiwatch is compared with.
func peers() []string { return []string{"hub average", "txkoji", "mean of 10", "median of 15"} }

// hubAverage uses the hub's average duration of the package's builds, from now or from the
// start.
//
// Source: getAverageBuildDuration in kojihub.
type hubAverage struct{ hub *simulation.System }

func (hubAverage) name() string { return "hub average" }

// observe does nothing, because the average comes from the hub.
func (hubAverage) observe(*simulation.Notice) {}

func (h hubAverage) estimate(t *koji.Task, now time.Time) (answer, bool) {
	d, ok := h.hub.AverageBuildDuration(t.Request.Package)
	if !ok {
		return answer{}, false
	}
	return answer{likely: now.Add(d)}, true
}

// kojiwatch is the estimator as the daemon uses it: it observes all events and periodically
// gets a snapshot of the queue.
type kojiwatch struct {
	*estimates.Estimator
	label  string
	system *simulation.System // nil without a hub
	looked time.Time
	// logs are read as the daemon does; nil: they are not.
	logs   *simulation.System
	readAt time.Time
}

func newKojiwatch(label string, s *simulation.System) *kojiwatch {
	return &kojiwatch{Estimator: estimates.New(estimates.Options{}), label: label, system: s}
}

func (k *kojiwatch) name() string { return k.label }

// lookEvery is the interval at which the daemon asks the hub for its queue.
const lookEvery = 10 * time.Minute

func (k *kojiwatch) observe(n *simulation.Notice) {
	if n.Build != nil {
		k.ObserveBuild(n.Build, n.At)
		return
	}
	k.Observe(n.Task, n.At)
	if k.system != nil && n.At.Sub(k.looked) >= lookEvery {
		k.looked = n.At
		k.LoadQueue(k.system.Snapshot())
	}
	k.readLogs(n.At)
}

func (k *kojiwatch) estimate(t *koji.Task, now time.Time) (answer, bool) {
	e, ok := k.Task(t, now)
	return answer{e.StartsAt, e.CompletionAt, e.Low, e.High}, ok
}
