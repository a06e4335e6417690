package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Reloads counts how often the configuration was read again.
type Reloads struct {
	ok, failed  prometheus.Counter
	successful  prometheus.Gauge
	inEffect    prometheus.Gauge
	wantRestart prometheus.Gauge
}

// NewReloads registers the metrics of reloads; the configuration was read just
// now.
func NewReloads(to prometheus.Registerer) *Reloads {
	f := registerIn(to)
	all := counters(f, "config_reload_total", "Configuration reloads by result: ok, or failed (the previous configuration stays in effect).", "result", "ok", "failed")
	m := &Reloads{
		ok: all["ok"], failed: all["failed"],
		successful:  f.gauge("config_reload_successful", "Whether the last configuration load succeeded."),
		inEffect:    f.gauge("config_reload_success_timestamp_seconds", "Time of the last successful configuration load."),
		wantRestart: f.gauge("config_reload_wants_restart", "Whether a change in the configuration file needs a restart to take effect."),
	}
	m.successful.Set(1)
	m.inEffect.SetToCurrentTime()
	return m
}

// Ended notes how a reload went, and whether it leaves something to a restart.
func (m *Reloads) Ended(err error, wantsRestart bool) {
	if err != nil {
		m.failed.Inc()
		m.successful.Set(0)
		return
	}
	m.ok.Inc()
	m.successful.Set(1)
	m.inEffect.Set(unix(time.Now()))
	m.wantRestart.Set(truth(wantsRestart))
}
