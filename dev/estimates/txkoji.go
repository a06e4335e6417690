package main

import (
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/koji"
)

// txkoji uses the rules of txkoji's Task.estimate_completion: a waiting task starts in 45
// seconds, unless the channel is full, in which case there is no estimate; a build is done
// when the arch that started last is; and everything takes the hub's average.
//
// Source: txkoji/task.py.
type txkoji struct {
	hub      *simulation.System
	capacity map[int64]float64    // by channel
	load     map[int64]float64    // of open tasks, by channel
	open     map[int64]*koji.Task // by id
	latest   map[int64]*koji.Task // the child of a build that started last
}

const sleepTime = 45 * time.Second

func newTxkoji(s *simulation.System) *txkoji {
	t := &txkoji{
		hub: s, capacity: map[int64]float64{}, load: map[int64]float64{},
		open: map[int64]*koji.Task{}, latest: map[int64]*koji.Task{},
	}
	for _, h := range s.Snapshot().Hosts {
		for _, c := range h.Channels {
			t.capacity[c] += h.Capacity.Value
		}
	}
	return t
}

func (*txkoji) name() string { return "txkoji" }

// observe keeps the facts that txkoji gets from the hub.
func (x *txkoji) observe(n *simulation.Notice) {
	t := n.Task
	if t == nil {
		return
	}
	if before := x.open[t.ID]; before != nil {
		x.load[before.Channel.ID] -= before.Weight.Value
		delete(x.open, t.ID)
	}
	if t.State.Final() {
		delete(x.latest, t.ID)
		if l := x.latest[t.Parent]; l != nil && l.ID == t.ID {
			delete(x.latest, t.Parent)
		}
	}
	if t.State != koji.TaskOpen {
		return
	}
	x.open[t.ID] = t
	x.load[t.Channel.ID] += t.Weight.Value
	if t.Method == "buildArch" {
		x.latest[t.Parent] = t
	}
}

func (x *txkoji) estimate(t *koji.Task, _ time.Time) (answer, bool) {
	of := t
	if t.Method == "build" && t.State == koji.TaskOpen {
		if of = x.latest[t.ID]; of == nil {
			return answer{}, false
		}
	}
	d, ok := x.hub.AverageBuildDuration(of.Request.Package)
	switch {
	case !ok:
		return answer{}, false
	case of.State == koji.TaskOpen:
		return answer{likely: of.Started.Add(d)}, true
	case x.load[t.Channel.ID] >= x.capacity[t.Channel.ID]:
		return answer{}, false
	}
	return answer{likely: t.Created.Add(sleepTime + d)}, true
}
