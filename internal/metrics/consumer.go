package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// Consumer returns the metrics of one sink's consumer.
func Consumer(snapshot func() consumer.Stats) prometheus.Collector {
	type stats = consumer.Stats
	list := []stat[stats]{
		count("deliveries_total", "Messages that the broker delivered.", func(s *stats) uint64 { return s.Deliveries }),
		count("redelivered_total", "Messages delivered that had been delivered before.", func(s *stats) uint64 { return s.Redelivered }),
		count("stale_settlements_total", "Verdicts that came after the end of their session; the broker delivers those messages again.", func(s *stats) uint64 { return s.Stale }),
		count("dead_letter_failures_total", "Vain attempts to keep a dead letter.", func(s *stats) uint64 { return s.DeadLetterFailures }),
		count("sessions_total", "Sessions with the broker that began.", func(s *stats) uint64 { return s.Epoch }),
		count("sink_retries_total", "Failures of events that were tried again.", func(s *stats) uint64 { return s.Retries }),
		count("sink_downs_total", "Times that the sink was taken for down, so that one attempt at a time is made.", func(s *stats) uint64 { return s.SinkDowns }),
		gauge("sink_down", "Whether the sink is taken for down.", func(s *stats) float64 { return truth(s.SinkDown) }),
		gauge("publishing_blocked", "Whether the broker takes no messages from this sink, dead letters or events, because of an alarm.", func(s *stats) float64 { return truth(s.Blocked != "") }),
		gauge("session_up", "Whether there is a session with the broker that consumes.", func(s *stats) float64 { return truth(s.Connected) }),
		gauge("in_flight", "Messages in hand, without verdict.", func(s *stats) float64 { return float64(s.InFlight) }),
		gauge("oldest_in_flight_seconds", "How long the oldest message in hand has been there; 0 if there is none.", func(s *stats) float64 { return age(s.OldestInFlight) }),
		gauge("last_delivery_timestamp_seconds", "When the last message came; 0 if none has.", func(s *stats) float64 { return unix(s.LastDelivery) }),
	}
	settled := describe("settlements_total", "Messages by what became of them: done (the sink has them), dead (kept as dead letters), again (given back to the broker).", "verdict")
	for verdict, value := range map[string]func(*stats) uint64{
		"done":  func(s *stats) uint64 { return s.Done },
		"dead":  func(s *stats) uint64 { return s.Dead },
		"again": func(s *stats) uint64 { return s.Again },
	} {
		list = append(list, stat[stats]{settled, prometheus.CounterValue, func(s *stats) float64 { return float64(value(s)) }, []string{verdict}})
	}
	failures := describe("session_failures_total", "Sessions with the broker that ended or could not begin, by cause.", "cause")
	for _, cause := range broker.Causes() {
		list = append(list, stat[stats]{failures, prometheus.CounterValue, func(s *stats) float64 { return float64(s.Failures[cause]) }, []string{string(cause)}})
	}
	return &collector[stats]{snapshot, list}
}

// age is how long ago something was, 0 for the zero time.
func age(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return max(time.Since(at).Seconds(), 0)
}

// unix is a time in seconds since 1970, 0 for the zero time.
func unix(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMilli()) / 1e3
}
