package estimation

import (
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/koji"
)

// boardEstimates are the estimates as the live board shows them.
type boardEstimates struct{ *estimates.Estimator }

// ForBoard returns the source of estimates for the board; nil if nothing is estimated.
func (d *Service) ForBoard() board.Estimator {
	if d == nil {
		return nil
	}
	return boardEstimates{d.estimator}
}

// Estimate implements board.Estimator.
func (b boardEstimates) Estimate(task int64, now time.Time) board.Estimate {
	e, ok := b.Lookup(task, now)
	if !ok {
		return board.Estimate{}
	}
	return board.Estimate{
		StartsAt: e.StartsAt, CompletionAt: e.CompletionAt, Low: e.Low, High: e.High, Duration: e.Duration.Likely,
		Ahead: e.Ahead, Overdue: e.Overdue, Basis: e.Duration.Basis, Reason: e.Reason.String(),
		Log: board.Log(e.Log),
	}
}

// StartsAt returns when a task that waits will start, the zero time where that is not known.
func (d *Service) StartsAt(task int64, now time.Time) time.Time {
	if d == nil {
		return time.Time{}
	}
	e, _ := d.estimator.Lookup(task, now)
	return e.StartsAt
}

// OnQueue has load called, from Start on, with what the hub says runs and waits. It must be
// called before Start.
func (d *Service) OnQueue(load func(tasks []koji.Task, at time.Time, whole bool)) {
	if d != nil {
		d.onQueue = append(d.onQueue, load)
	}
}

// seen tells of the hub's queue.
func (d *Service) seen(s *queue.Snapshot) {
	if len(d.onQueue) == 0 {
		return
	}
	tasks := named(s)
	for _, load := range d.onQueue {
		load(tasks, s.At, !s.Partial)
	}
}

// named returns the tasks of a snapshot with the names of their channels and hosts, of which
// the hub lists only ids.
func named(s *queue.Snapshot) []koji.Task {
	channels, hosts := map[int64]koji.Ref{}, map[int64]koji.Ref{}
	for i := range s.Channels {
		channels[s.Channels[i].ID] = s.Channels[i].Ref()
	}
	for i := range s.Hosts {
		hosts[s.Hosts[i].ID] = s.Hosts[i].Ref()
	}
	tasks := slices.Clone(s.Tasks)
	for i := range tasks {
		t := &tasks[i]
		if c, ok := channels[t.Channel.ID]; ok {
			t.Channel = c
		}
		if h, ok := hosts[t.Host.ID]; ok {
			t.Host = h
		}
	}
	return tasks
}
