package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/sinks/filter"
)

// Filter returns the metrics of one sink's filter, from how many events each key
// of the configuration has turned away and how often the expression failed.
func Filter(turned func() map[string]uint64, failed func() uint64) prometheus.Collector {
	type stats = map[string]uint64
	filtered := describe("filtered_events_total", "Events filtered out, by the configuration key that excluded them.", "key")
	list := []stat[stats]{
		count("filter_failures_total", "Events for which the when expression could not be evaluated, which counts as false.", func(*stats) uint64 { return failed() }),
	}
	for _, key := range filter.Keys() {
		list = append(list, labelled(filtered, func(s *stats) uint64 { return (*s)[key] }, key))
	}
	return &collector[stats]{turned, list}
}
