package estimation

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/internal/board"
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
	if d != nil {
		d.seen = func(s *queue.Snapshot) { b.Load(s.Tasks, s.At, !s.Partial) }
	}
}
