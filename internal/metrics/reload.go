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
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
	}
	all := prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: namespace, Name: "config_reload_total", Help: "Configuration reloads by result: ok, or failed (the previous configuration stays in effect).",
	}, []string{"result"})
	m := &Reloads{
		ok: all.WithLabelValues("ok"), failed: all.WithLabelValues("failed"),
		successful:  gauge("config_reload_successful", "Whether the last configuration load succeeded."),
		inEffect:    gauge("config_reload_success_timestamp_seconds", "Time of the last successful configuration load."),
		wantRestart: gauge("config_reload_wants_restart", "Whether a change in the configuration file needs a restart to take effect."),
	}
	to.MustRegister(all, m.successful, m.inEffect, m.wantRestart)
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
