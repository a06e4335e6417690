package metrics

import "github.com/prometheus/client_golang/prometheus"

// namespace is the prefix of the names of all metrics.
const namespace = "kojiwatch"

// stat is a metric that is read off a snapshot of type S.
type stat[S any] struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(*S) float64
	// labels are values for the labels of desc.
	labels []string
}

// count is a stat that only grows.
func count[S any](name, help string, value func(*S) uint64) stat[S] {
	return labelled(describe(name, help), value)
}

// gauge is a stat that goes up and down.
func gauge[S any](name, help string, value func(*S) float64) stat[S] {
	return stat[S]{desc: describe(name, help), kind: prometheus.GaugeValue, value: value}
}

// labelled is a count with values for the labels of its description.
func labelled[S any](desc *prometheus.Desc, value func(*S) uint64, labels ...string) stat[S] {
	return stat[S]{desc, prometheus.CounterValue, func(s *S) float64 { return float64(value(s)) }, labels}
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
}

// collector makes metrics of the snapshots that snapshot takes.
type collector[S any] struct {
	snapshot func() S
	stats    []stat[S]
}

// Describe implements prometheus.Collector.
func (c *collector[S]) Describe(out chan<- *prometheus.Desc) {
	for i := range c.stats {
		out <- c.stats[i].desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector[S]) Collect(out chan<- prometheus.Metric) {
	s := c.snapshot()
	for i := range c.stats {
		st := &c.stats[i]
		out <- prometheus.MustNewConstMetric(st.desc, st.kind, st.value(&s), st.labels...)
	}
}

// truth is 1 for true.
func truth(v bool) float64 {
	if v {
		return 1
	}
	return 0
}
