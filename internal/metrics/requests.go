package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Requests measures the requests of one sink that sends by HTTP, and the mails of
// one that sends those.
type Requests struct {
	classes         map[int]prometheus.Observer // by the first digit of the answer
	digests, events prometheus.Counter
}

// NewRequests registers the metrics of a sink's requests.
func NewRequests(to prometheus.Registerer) *Requests {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: namespace, Name: "sink_request_duration_seconds",
		Help:    "Duration of HTTP requests and mails, by class of the response: 2xx to 5xx (for mail, 4xx is temporary and 5xx permanent), none (no response).",
		Buckets: []float64{.005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60},
	}, []string{"class"})
	m := &Requests{
		classes: map[int]prometheus.Observer{},
		digests: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "sink_digests_total", Help: "Accepted requests and mails about more than one event.",
		}),
		events: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "sink_digested_events_total", Help: "Events in such requests and mails, shown or only counted.",
		}),
	}
	for digit, class := range []string{0: "none", 2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"} {
		if class != "" {
			m.classes[digit] = seconds.WithLabelValues(class)
		}
	}
	to.MustRegister(seconds, m.digests, m.events)
	return m
}

// Observe notes a request about so many events that was answered with a code, 0 if
// it was not.
func (m *Requests) Observe(code, events int, took time.Duration) {
	class := m.classes[code/100]
	if class == nil {
		class = m.classes[0]
	}
	class.Observe(took.Seconds())
	if code/100 == 2 && events > 1 {
		m.digests.Inc()
		m.events.Add(float64(events))
	}
}
