package metrics

import "github.com/prometheus/client_golang/prometheus"

// Board returns the metrics of the live board: how many are connected to it, and how many
// events it did not take in because too many came at once.
func Board(viewers func() int, dropped func() uint64) prometheus.Collector {
	type none struct{}
	return &collector[none]{func() none { return none{} }, []stat[none]{
		gauge("board_viewers", "Viewers that are connected to the live board.", func(*none) float64 { return float64(viewers()) }),
		count("board_dropped_events_total", "Events that the live board did not take in because too many came at once. Sinks get them all the same.", func(*none) uint64 { return dropped() }),
	}}
}
