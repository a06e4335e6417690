package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/estimates/score"
)

// estimatesCollector makes metrics of how estimates have fared.
type estimatesCollector struct {
	scores           func() *score.Card
	ratio, intervals *prometheus.Desc
}

// Estimates returns the metrics of how estimates have fared, restarts of the process
// included.
func Estimates(scores func() *score.Card) prometheus.Collector {
	labels := []string{"method", "moment", "basis"}
	return &estimatesCollector{
		scores: scores,
		ratio: describe("estimate_error_ratio",
			"Ratio of the estimated to the actual remaining time, by method, moment (free: when the task began to wait, open: when it started, half: when half of its run was over) and basis.",
			labels...),
		intervals: describe("estimate_intervals_total",
			"Estimates of finished tasks, by whether the actual time was inside, below or above the 80 % interval.",
			append(labels, "truth")...),
	}
}

// ratios are the upper bounds of the buckets.
func ratios() []float64 { return []float64{.25, .5, .75, .9, 1, 1.1, 1.25, 1.5, 2, 4} }

// Describe implements prometheus.Collector.
func (c *estimatesCollector) Describe(out chan<- *prometheus.Desc) {
	out <- c.ratio
	out <- c.intervals
}

// Collect implements prometheus.Collector.
func (c *estimatesCollector) Collect(out chan<- prometheus.Metric) {
	scores := c.scores()
	for _, k := range scores.Keys() {
		t := scores.Get(k)
		labels := []string{k.Method, string(k.Moment), k.Basis}
		buckets := map[float64]uint64{}
		for _, bound := range ratios() {
			buckets[bound] = t.Ratios.AtMost(bound)
		}
		out <- prometheus.MustNewConstHistogram(c.ratio, t.Ratios.Count(), t.Ratios.Sum(), buckets, labels...)
		for truth, n := range map[string]uint64{"inside": t.Inside, "below": t.Below, "above": t.Above} {
			out <- prometheus.MustNewConstMetric(c.intervals, prometheus.CounterValue, float64(n), append(labels, truth)...)
		}
	}
}

// History returns the metric of whether the history of durations is kept.
func History(kept func() bool) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Name: "history_kept",
		Help: "Whether learned durations are stored on disk; if not, a restart loses them.",
	}, func() float64 { return truth(kept()) })
}
