package metrics

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// Consumer returns the metrics of one sink's consumer.
func Consumer(snapshot func() consumer.Stats) prometheus.Collector {
	type stats = consumer.Stats
	list := []stat[stats]{
		count("deliveries_total", "Messages delivered by the broker.", func(s *stats) uint64 { return s.Deliveries }),
		count("redelivered_total", "Messages the broker has delivered more than once.", func(s *stats) uint64 { return s.Redelivered }),
		count("stale_settlements_total", "Settlements dropped because their session had ended; the broker redelivers those messages.", func(s *stats) uint64 { return s.Stale }),
		count("dead_letter_failures_total", "Failed attempts to store a dead letter.", func(s *stats) uint64 { return s.DeadLetterFailures }),
		count("sessions_total", "Broker sessions started.", func(s *stats) uint64 { return s.Epoch }),
		count("sink_retries_total", "Failed attempts to deliver an event that were retried.", func(s *stats) uint64 { return s.Retries }),
		count("sink_downs_total", "Times the sink was considered down, so that only one delivery is attempted at a time.", func(s *stats) uint64 { return s.SinkDowns }),
		gauge("sink_down", "Whether the sink is considered down.", func(s *stats) float64 { return truth(s.SinkDown) }),
		gauge("publishing_blocked", "Whether an alarm keeps the broker from accepting what this sink publishes: dead letters or events.", func(s *stats) float64 { return truth(s.Blocked != "") }),
		count("stream_missed_total", "Messages that the stream dropped before they had been read.", func(s *stats) uint64 { return s.Missed }),
		gauge("session_up", "Whether a broker session is up and consuming, or another process reads the stream.", func(s *stats) float64 { return truth(s.Connected || s.Standby) }),
		gauge("in_flight", "Messages delivered but not yet settled.", func(s *stats) float64 { return float64(s.InFlight) }),
		gauge("oldest_in_flight_seconds", "Age of the oldest message not yet settled; 0 if there is none.", func(s *stats) float64 { return age(s.OldestInFlight) }),
		gauge("last_delivery_timestamp_seconds", "Time of the last delivery; 0 if there was none.", func(s *stats) float64 { return unix(s.LastDelivery) }),
		gauge("queue_backlog_messages", "Messages that wait in the queue, not counting those in flight; NaN if unknown (no session, or a stream).", func(s *stats) float64 { return depth(s.Backlog) }),
		gauge("dead_letter_queue_messages", "Messages in the dead-letter queue; NaN if unknown (no session, or dead letters in a file).", func(s *stats) float64 { return depth(s.DeadLetters) }),
	}
	settled := describe("settlements_total", "Settled messages by verdict: done (the sink has them), dead (kept as dead letters), again (returned to the broker).", "verdict")
	for verdict, value := range map[string]func(*stats) uint64{
		"done":  func(s *stats) uint64 { return s.Done },
		"dead":  func(s *stats) uint64 { return s.Dead },
		"again": func(s *stats) uint64 { return s.Again },
	} {
		list = append(list, labelled(settled, value, verdict))
	}
	failures := describe("session_failures_total", "Broker sessions that ended or could not start, by cause.", "cause")
	for _, cause := range broker.Causes() {
		list = append(list, labelled(failures, func(s *stats) uint64 { return s.Failures[cause] }, string(cause)))
	}
	return &collector[stats]{snapshot, list}
}

// depth returns the messages of a queue, NaN if they are not known.
func depth(d consumer.Depth) float64 {
	if !d.Known() {
		return math.NaN()
	}
	return float64(d.Messages)
}

// age returns the seconds since a time, 0 for the zero time.
func age(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return max(time.Since(at).Seconds(), 0)
}

// unix returns a time in seconds since 1970, 0 for the zero time.
func unix(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMilli()) / 1e3
}
