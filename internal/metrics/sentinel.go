package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/internal/sentinel"
)

// Alerts returns the metric of the alerts that are firing, by kind.
func Alerts(counts func() map[sentinel.Kind]int) prometheus.Collector {
	return &alerts{counts, describe("koji_alerts", "Alerts about the build system that are firing, for the kinds in sentinel.alerts.", "kind")}
}

type alerts struct {
	counts func() map[sentinel.Kind]int
	desc   *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (a *alerts) Describe(out chan<- *prometheus.Desc) { out <- a.desc }

// Collect implements prometheus.Collector.
func (a *alerts) Collect(out chan<- prometheus.Metric) {
	for kind, n := range a.counts() {
		out <- prometheus.MustNewConstMetric(a.desc, prometheus.GaugeValue, float64(n), string(kind))
	}
}
