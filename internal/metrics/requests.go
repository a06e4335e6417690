package metrics

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Requests measures the requests of one sink that sends by HTTP, and the mails of
// one that sends those.
type Requests struct {
	classes         map[string]prometheus.Observer
	digests, events prometheus.Counter
}

// NewRequests registers the metrics of a sink's requests.
func NewRequests(to prometheus.Registerer) *Requests {
	f := registerIn(to)
	return &Requests{
		classes: f.requestDurations("sink_request_duration_seconds",
			"Duration of HTTP requests and mails, by class of the response: 2xx to 5xx (for mail, 4xx is temporary and 5xx permanent), none (no response).",
			"class", "none", "2xx", "3xx", "4xx", "5xx"),
		digests: f.counter("sink_digests_total", "Accepted requests and mails about more than one event."),
		events:  f.counter("sink_digested_events_total", "Events in such requests and mails, shown or only counted."),
	}
}

// Observe notes a request about so many events that was answered with a code, 0 if
// it was not.
func (m *Requests) Observe(code, events int, took time.Duration) {
	class := m.classes[strconv.Itoa(code/100)+"xx"]
	if class == nil {
		class = m.classes["none"]
	}
	class.Observe(took.Seconds())
	if code/100 == 2 && events > 1 {
		m.digests.Inc()
		m.events.Add(float64(events))
	}
}
