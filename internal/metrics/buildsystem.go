package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/internal/buildsystem"
)

// buildSystem makes metrics of the tasks and builds of the build system.
type buildSystem struct {
	stats                           func() buildsystem.Stats
	waiting, running, oldest, drain *prometheus.Desc
	waits, runs                     *prometheus.Desc
	ends, builds, failures          *prometheus.Desc
}

// BuildSystem returns the metrics of the build system.
func BuildSystem(stats func() buildsystem.Stats) prometheus.Collector {
	place, work := []string{"channel", "arch"}, []string{"method", "arch"}
	return &buildSystem{
		stats:    stats,
		waiting:  describe("koji_tasks_waiting", "Tasks that wait for a host or to be begun by it.", place...),
		running:  describe("koji_tasks_running", "Tasks that run, without those that only wait for tasks below them.", place...),
		oldest:   describe("koji_oldest_waiting_task_seconds", "Age of the task that has waited longest; 0 if none waits.", place...),
		drain:    describe("koji_drain_seconds", "Time until the last task that waits now will have started, by the estimates; absent where that is not known.", place...),
		waits:    describe("koji_task_wait_seconds", "Time from the creation of a task to its first start.", work...),
		runs:     describe("koji_task_run_seconds", "Time from the start of a task to its end, of closed tasks.", work...),
		ends:     describe("koji_tasks_ended_total", "Tasks that ended, by outcome: closed, failed, canceled.", "method", "outcome"),
		builds:   describe("koji_builds_total", "Builds that ended, by target and outcome: complete, failed, canceled. Scratch builds are not among them.", "target", "outcome"),
		failures: describe("koji_failures_total", "Failed top-level tasks by the kind of their first cause, where a sink with failure asks for it.", "kind"),
	}
}

// Describe implements prometheus.Collector.
func (c *buildSystem) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.waiting, c.running, c.oldest, c.drain, c.waits, c.runs, c.ends, c.builds, c.failures} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *buildSystem) Collect(out chan<- prometheus.Metric) {
	s := c.stats()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, r := range s.Queue {
		gauge(c.waiting, float64(r.Waiting), r.Channel, r.Arch)
		gauge(c.running, float64(r.Running), r.Channel, r.Arch)
		gauge(c.oldest, r.Oldest.Seconds(), r.Channel, r.Arch)
		if r.Drain >= 0 {
			gauge(c.drain, r.Drain.Seconds(), r.Channel, r.Arch)
		}
	}
	c.collectCounts(out, &s)
}

func (c *buildSystem) collectCounts(out chan<- prometheus.Metric, s *buildsystem.Stats) {
	histograms := func(d *prometheus.Desc, of map[buildsystem.Work]buildsystem.Histogram) {
		for w, h := range of {
			out <- prometheus.MustNewConstHistogram(d, h.Count, h.Sum, h.Buckets, w.Method, w.Arch)
		}
	}
	count := func(d *prometheus.Desc, n uint64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	histograms(c.waits, s.Waits)
	histograms(c.runs, s.Runs)
	for k, n := range s.Ends {
		count(c.ends, n, k.Method, k.Outcome)
	}
	for k, n := range s.Builds {
		count(c.builds, n, k.Target, k.Outcome)
	}
	for kind, n := range s.Failures {
		count(c.failures, n, string(kind))
	}
}
