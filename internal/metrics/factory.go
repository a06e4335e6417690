package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// factory registers the metrics that it makes.
type factory struct{ to promauto.Factory }

func registerIn(to prometheus.Registerer) factory { return factory{promauto.With(to)} }

func (f factory) counter(name, help string) prometheus.Counter {
	return f.to.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
}

func (f factory) gauge(name, help string) prometheus.Gauge {
	return f.to.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
}

func (f factory) histogram(name, help string, buckets ...float64) prometheus.Histogram {
	return f.to.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets})
}

// counters makes a counter for each value of a label.
func counters[V ~string](f factory, name, help, label string, values ...V) map[V]prometheus.Counter {
	all := f.to.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, []string{label})
	byValue := map[V]prometheus.Counter{}
	for _, v := range values {
		byValue[v] = all.WithLabelValues(string(v))
	}
	return byValue
}

// requestDurations makes a histogram of the durations of requests for each value of a label.
func (f factory) requestDurations(name, help, label string, values ...string) map[string]prometheus.Observer {
	all := f.to.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: namespace, Name: name, Help: help,
		Buckets: []float64{.005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60},
	}, []string{label})
	byValue := map[string]prometheus.Observer{}
	for _, v := range values {
		byValue[v] = all.WithLabelValues(v)
	}
	return byValue
}
