package metrics

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestFilter(t *testing.T) {
	r := prometheus.NewRegistry()
	ForSink(r, "out").MustRegister(Filter(
		func() map[string]uint64 { return map[string]uint64{"when": 3} },
		func() uint64 { return 1 },
	))
	want(t, r,
		`kojiwatch_filtered_events_total{key="when",sink="out"} 3`,
		`kojiwatch_filtered_events_total{key="dedup",sink="out"} 0`,
		`kojiwatch_filter_failures_total{sink="out"} 1`)
}
