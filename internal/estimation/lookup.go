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
	Log          *logOutlook   `json:"log,omitempty"`
}

// logOutlook is how far the log of a running task is.
type logOutlook struct {
	Size      int64         `json:"size"`
	Share     float64       `json:"share,omitempty"`
	SilentFor time.Duration `json:"silent_for_ns,omitempty"`
}

// Lookup returns the estimate for a task that has not ended, as JSON that ParseLookup
// reads. It reports false where the daemon has none.
func (d *Service) Lookup(task int64) ([]byte, bool) {
	if d == nil {
		return nil, false
	}
	now := time.Now()
	d.logs.note(task, now)
	e, ok := d.estimator.Lookup(task, now)
	if !ok {
		return nil, false
	}
	o := outlook{
		e.StartsAt, e.CompletionAt, e.Low, e.High, e.Duration.Likely, e.Duration.Low, e.Duration.High,
		e.Duration.Basis, e.Duration.Samples, e.Overdue, nil,
	}
	if e.Log.Known() {
		o.Log = &logOutlook{e.Log.Size, e.Log.Share, e.Log.SilentFor}
	}
	text, err := json.Marshal(o)
	return text, err == nil
}

// ParseLookup reads what Lookup has written.
func ParseLookup(text []byte) (forecast.Estimate, error) {
	var o outlook
	if err := json.Unmarshal(text, &o); err != nil {
		return forecast.Estimate{}, err
	}
	e := forecast.Estimate{
		StartsAt: o.StartsAt, CompletionAt: o.CompletionAt, Low: o.Low, High: o.High, Overdue: o.Overdue,
		Duration: forecast.Spread{Likely: o.Likely, Low: o.Least, High: o.Most, Samples: o.Samples, Basis: o.Basis},
	}
	if o.Log != nil {
		e.Log = forecast.Log{Size: o.Log.Size, Share: o.Log.Share, SilentFor: o.Log.SilentFor}
	}
	return e, nil
}
