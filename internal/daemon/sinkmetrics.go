package daemon

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
)

// sinkMetrics measures one sink for as long as it is in the configuration.
type sinkMetrics struct {
	registerer *metrics.Sink
	events     *metrics.Events
	requests   *metrics.Requests // nil until the sink is one that sends some
}

func newSinkMetrics(registry prometheus.Registerer, sink string) *sinkMetrics {
	to := metrics.ForSink(registry, sink)
	return &sinkMetrics{registerer: to, events: metrics.NewEvents(to)}
}

// observer measures the requests and mails of a sink; nil where it sends none.
func (m *sinkMetrics) observer(s *config.Sink) func(code, events int, took time.Duration) {
	if s.Webhook == nil && s.Email == nil {
		return nil
	}
	if m.requests == nil {
		m.requests = metrics.NewRequests(m.registerer)
	}
	return m.requests.Observe
}
