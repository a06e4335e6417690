package estimation

import (
	"encoding/json"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
)

// outlook is an estimate as one process tells it to another.
type outlook struct {
	StartsAt     time.Time     `json:"starts_at,omitzero"`
	CompletionAt time.Time     `json:"completion_at"`
	Low          time.Time     `json:"completion_low"`
	High         time.Time     `json:"completion_high"`
	Likely       time.Duration `json:"duration_ns"`
	Least        time.Duration `json:"low_ns"`
	Most         time.Duration `json:"high_ns"`
	Basis        string        `json:"basis"`
	Samples      int           `json:"samples"`
	Overdue      bool          `json:"overdue,omitempty"`
}

// Lookup returns the estimate for a task that has not ended, as JSON that ParseLookup
// reads. It reports false where the daemon has none.
func (d *Service) Lookup(task int64) ([]byte, bool) {
	if d == nil {
		return nil, false
	}
	e, ok := d.estimator.Lookup(task, time.Now())
	if !ok {
		return nil, false
	}
	text, err := json.Marshal(outlook{
		e.StartsAt, e.CompletionAt, e.Low, e.High, e.Duration.Likely, e.Duration.Low, e.Duration.High,
		e.Duration.Basis, e.Duration.Samples, e.Overdue,
	})
	return text, err == nil
}

// ParseLookup reads what Lookup has written.
func ParseLookup(text []byte) (forecast.Estimate, error) {
	var o outlook
	if err := json.Unmarshal(text, &o); err != nil {
		return forecast.Estimate{}, err
	}
	return forecast.Estimate{
		StartsAt: o.StartsAt, CompletionAt: o.CompletionAt, Low: o.Low, High: o.High, Overdue: o.Overdue,
		Duration: forecast.Spread{Likely: o.Likely, Low: o.Least, High: o.Most, Samples: o.Samples, Basis: o.Basis},
	}, nil
}
