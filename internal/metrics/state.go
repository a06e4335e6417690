package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// StateStats tells how far the stream was read that replicas make their state of.
type StateStats struct {
	Connected bool
	Offset    uint64
	Lag       time.Duration
	Unseen    uint64
	Missed    uint64
}

// State returns the metrics of the stream that replicas make their state of.
func State(snapshot func() StateStats) prometheus.Collector {
	return &collector[StateStats]{snapshot: snapshot, stats: []stat[StateStats]{
		gauge("state_connected", "Whether the stream in state.stream is read at the moment.", func(s *StateStats) float64 { return truth(s.Connected) }),
		gauge("state_offset", "The offset in state.stream up to which this replica has read it.", func(s *StateStats) float64 { return float64(s.Offset) }),
		gauge("state_lag_seconds", "How old the last event of state.stream was when it was read.", func(s *StateStats) float64 { return s.Lag.Seconds() }),
		count("state_missed_total", "Messages that state.stream dropped before this replica had read them.", func(s *StateStats) uint64 { return s.Missed }),
		count("state_unseen_total", "Events that a sink got although state.stream had not told of them: their estimates may be missing.", func(s *StateStats) uint64 { return s.Unseen }),
	}}
}
