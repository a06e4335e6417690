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
	}
}

// Fill has the board told of what the hub says runs and waits, from Start on.
func (d *Service) Fill(b *board.Board) {
	if d == nil {
		return
	}
	d.seen = func(s *queue.Snapshot) { b.Load(named(s), s.At, !s.Partial) }
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
