package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/event"
)

// Events measures the events of one sink.
type Events struct {
	types       map[event.Type]prometheus.Counter
	unparseable prometheus.Counter
	sending     prometheus.Histogram
	sends       map[result]prometheus.Counter
	lag         prometheus.Histogram
}

// NewEvents registers the metrics of a sink's events.
func NewEvents(to prometheus.Registerer) *Events {
	f := registerIn(to)
	return &Events{
		types:       counters(f, "events_total", "Parsed events by type.", "type", event.Types()...),
		unparseable: f.counter("parse_failures_total", "Messages that could not be parsed."),
		sending: f.histogram("sink_send_duration_seconds", "Duration of attempts to send a batch of events to the sink, successful or not.",
			.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 10, 30, 60),
		sends: counters(f, "sink_sends_total",
			"Batches of events sent to the sink, by result: done, refused (permanently), again (to be retried), mixed, given_up (cancelled at the end of a session).",
			"result", results()...),
		lag: f.histogram("event_lag_seconds", "Time from the delivery of a message until the sink has its event.",
			.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200),
	}
}

// Parsed notes an event.
func (m *Events) Parsed(t event.Type) {
	if c := m.types[t]; c != nil {
		c.Inc()
	}
}

// Unparseable notes a message that cannot be parsed.
func (m *Events) Unparseable() { m.unparseable.Inc() }

// Sent notes that the sink was handed events, beginning at some time; if it took
// them, it has them now.
func (m *Events) Sent(began time.Time, events []*event.Event, err error) {
	now := time.Now()
	m.sending.Observe(now.Sub(began).Seconds())
	m.sends[resultOfSend(err)].Inc()
	if err != nil {
		return
	}
	for _, e := range events {
		if !e.ReceivedAt.IsZero() && e.Origin == "" { // else it says when it happened
			m.lag.Observe(max(now.Sub(e.ReceivedAt).Seconds(), 0))
		}
	}
}
