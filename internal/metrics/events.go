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
	types := prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: namespace, Name: "events_total", Help: "Parsed events by type.",
	}, []string{"type"})
	m := &Events{
		types: map[event.Type]prometheus.Counter{},
		unparseable: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "parse_failures_total", Help: "Messages that could not be parsed.",
		}),
		sending: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "sink_send_duration_seconds", Help: "Duration of attempts to send a batch of events to the sink, successful or not.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 10, 30, 60},
		}),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "event_lag_seconds", Help: "Time from the delivery of a message until the sink has its event.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200},
		}),
	}
	for _, t := range event.Types() {
		m.types[t] = types.WithLabelValues(string(t))
	}
	sends := prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: namespace, Name: "sink_sends_total",
		Help: "Batches of events sent to the sink, by result: done, refused (permanently), again (to be retried), mixed, given_up (cancelled at the end of a session).",
	}, []string{"result"})
	m.sends = map[result]prometheus.Counter{}
	for _, r := range results() {
		m.sends[r] = sends.WithLabelValues(string(r))
	}
	to.MustRegister(types, m.unparseable, m.sending, sends, m.lag)
	return m
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
		if !e.ReceivedAt.IsZero() {
			m.lag.Observe(max(now.Sub(e.ReceivedAt).Seconds(), 0))
		}
	}
}
