package main

import (
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/koji"
)

// restartEvery is how often a restarted kojiwatch begins anew, and judgedFor for how long after
// that it is compared with one that ran on.
const (
	restartEvery = 4 * time.Hour
	judgedFor    = time.Hour
)

// How long a kojiwatch has after its start until it is judged: it has asked the hub then, or
// has seen enough messages.
const (
	settledWithHub    = time.Minute
	settledWithoutHub = 10 * time.Minute
)

// restarted is a kojiwatch that begins anew again and again: it keeps what was learnt of
// durations and knows nothing of the queue. It answers only in the time in which it is judged.
type restarted struct {
	kojiwatch
	learnt  *history.Model
	settled time.Duration
	began   time.Time
}

func newRestarted(label string, s *simulation.System, settled time.Duration) *restarted {
	r := &restarted{kojiwatch: kojiwatch{label: label, system: s}, learnt: history.New(0), settled: settled}
	r.begin(time.Time{})
	return r
}

func (r *restarted) begin(at time.Time) {
	r.Estimator = estimates.New(estimates.Options{History: r.learnt})
	r.began, r.looked = at, time.Time{}
}

func (r *restarted) observe(n *simulation.Notice) {
	if n.At.Sub(r.began) >= restartEvery {
		r.begin(n.At)
	}
	r.kojiwatch.observe(n)
}

// isJudged reports whether it is compared with one that ran on.
func (r *restarted) isJudged(now time.Time) bool {
	since := now.Sub(r.began)
	return since >= r.settled && since < r.settled+judgedFor
}

func (r *restarted) estimate(t *koji.Task, now time.Time) (answer, bool) {
	a, ok := r.kojiwatch.estimate(t, now)
	return a, ok && r.isJudged(now)
}

// ranOn is a kojiwatch that runs on, and answers when another one is judged that began anew.
type ranOn struct {
	*kojiwatch
	beside *restarted
}

func (r ranOn) estimate(t *koji.Task, now time.Time) (answer, bool) {
	a, ok := r.kojiwatch.estimate(t, now)
	return a, ok && r.beside.isJudged(now)
}

// restarts are a kojiwatch with a hub and one without, each as one that runs on and as one that
// begins anew.
func restarts(s *simulation.System) []contender {
	hub := newRestarted(withHub+", anew", s, settledWithHub)
	stream := newRestarted(streamOnly+", anew", nil, settledWithoutHub)
	return []contender{
		ranOn{newKojiwatch(withHub, s), hub}, hub,
		ranOn{newKojiwatch(streamOnly, nil), stream}, stream,
	}
}
