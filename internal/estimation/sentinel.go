package estimation

import (
	"cmp"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/sentinel"
)

// sentinelEstimates are the estimates that tasks are compared with.
type sentinelEstimates struct{ *estimates.Estimator }

// ForSentinel returns the source of estimates for a sentinel; nil if nothing is estimated.
func (d *Service) ForSentinel() sentinel.Estimates {
	if d == nil {
		return nil
	}
	return sentinelEstimates{d.estimator}
}

// Duration implements sentinel.Estimates.
func (s sentinelEstimates) Duration(task int64, now time.Time) (likely, high time.Duration) {
	e, _ := s.Lookup(task, now)
	return e.Duration.Likely, e.Duration.High
}

// HappenedAt returns when the change of an event happened: by the hub's clock if the event
// says so, else when the event was received.
func HappenedAt(e *event.Event) time.Time {
	return cmp.Or(happenedAt(e), e.ReceivedAt)
}
