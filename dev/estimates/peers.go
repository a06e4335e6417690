package main

import (
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/koji"
)

// lastRuns uses the last runs of the same kind: the mean of the last ten, as in Zuul, or the
// median of the last fifteen, as in emlop. Like them, it ignores the queue.
type lastRuns struct {
	label string
	keep  int
	of    func(runs []time.Duration) time.Duration
	runs  map[string][]time.Duration // newest last
}

// Source: zuul/scheduler.py and the time database of Zuul's executor.
func meanOfTen() *lastRuns {
	return &lastRuns{"mean of 10", 10, func(runs []time.Duration) time.Duration {
		var sum time.Duration
		for _, d := range runs {
			sum += d
		}
		return sum / time.Duration(len(runs))
	}, map[string][]time.Duration{}}
}

// Source: the options --limit and --avg of emlop's predict.
func medianOfFifteen() *lastRuns {
	return &lastRuns{"median of 15", 15, func(runs []time.Duration) time.Duration {
		sorted := slices.Clone(runs)
		slices.Sort(sorted)
		return sorted[len(sorted)/2]
	}, map[string][]time.Duration{}}
}

func (l *lastRuns) name() string { return l.label }

func keyOf(t *koji.Task) string { return t.Method + " " + t.Request.Package + " " + t.Request.Arch }

func (l *lastRuns) observe(n *simulation.Notice) {
	t := n.Task
	if t == nil || t.State != koji.TaskClosed || t.Started.IsZero() {
		return
	}
	runs := l.runs[keyOf(t)]
	runs = append(runs, t.Ended.Sub(t.Started))
	l.runs[keyOf(t)] = runs[max(0, len(runs)-l.keep):]
}

func (l *lastRuns) estimate(t *koji.Task, now time.Time) (answer, bool) {
	runs := l.runs[keyOf(t)]
	if len(runs) == 0 {
		return answer{}, false
	}
	return answer{likely: now.Add(l.of(runs))}, true
}
