package metrics

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// FirstCauses measures how it goes to find out why tasks failed.
type FirstCauses struct {
	results map[string]prometheus.Observer
	kinds   map[string]prometheus.Counter
}

// NewFirstCauses registers the metrics of first causes, which are of some kinds.
func NewFirstCauses(to prometheus.Registerer, kinds ...string) *FirstCauses {
	f := registerIn(to)
	return &FirstCauses{
		results: f.requestDurations("first_cause_duration_seconds",
			"Duration of questions to the hub why a task failed, by result: found, failed (no answer), given_up (cancelled, or not in time).",
			"result", "found", "failed", "given_up"),
		kinds: counters(f, "first_causes_total", "First causes found, by kind of failure, once for each task that was asked about.", "kind", kinds...),
	}
}

// Observe notes a question that took so long, and the kind of what was found or how it
// failed.
func (m *FirstCauses) Observe(kind string, took time.Duration, err error) {
	switch {
	case err == nil:
		m.results["found"].Observe(took.Seconds())
		if c := m.kinds[kind]; c != nil {
			c.Inc()
		}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		m.results["given_up"].Observe(took.Seconds())
	default:
		m.results["failed"].Observe(took.Seconds())
	}
}
