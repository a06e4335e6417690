package metrics

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Hub returns the metrics of the client of the Koji hub.
func Hub(snapshot func() kojirpc.Stats) prometheus.Collector {
	type stats = kojirpc.Stats
	return &collector[stats]{snapshot, []stat[stats]{
		count("hub_calls_total", "Calls of hub methods, whether sent alone or in a batch.", func(s *stats) uint64 { return s.Calls }),
		count("hub_batches_total", "Hub requests that carried several calls.", func(s *stats) uint64 { return s.Batches }),
		count("hub_batched_calls_total", "Calls sent in such requests.", func(s *stats) uint64 { return s.Batched }),
		count("hub_retries_total", "Hub requests that were retried.", func(s *stats) uint64 { return s.Retries }),
		count("hub_refused_total", "Hub requests that were not sent because the circuit breaker was open.", func(s *stats) uint64 { return s.Refused }),
		count("hub_logins_total", "Logins to the hub.", func(s *stats) uint64 { return s.Logins }),
		count("hub_renewals_total", "Hub sessions that were renewed.", func(s *stats) uint64 { return s.Renewals }),
		gauge("hub_in_flight", "Hub requests in progress.", func(s *stats) float64 { return float64(s.InFlight) }),
		gauge("hub_down", "Whether the circuit breaker for the hub is open after failures.", func(s *stats) float64 { return truth(s.Down) }),
	}}
}

// HubRequests measures requests to the hub.
type HubRequests struct {
	results map[string]prometheus.Observer
}

// NewHubRequests registers the metrics of requests to the hub.
func NewHubRequests(to prometheus.Registerer) *HubRequests {
	return &HubRequests{registerIn(to).requestDurations("hub_request_duration_seconds",
		"Duration of hub requests by result: ok, fault (error from the hub), http (error from its web server), network, garbled, given_up (cancelled by the caller).",
		"result", "ok", "fault", "http", "network", "garbled", "given_up")}
}

// Observe notes a request that took so long and ended with err.
func (m *HubRequests) Observe(took time.Duration, err error) {
	m.results[resultOf(err)].Observe(took.Seconds())
}

func resultOf(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, new(*kojirpc.Fault)):
		return "fault"
	case errors.As(err, new(*kojirpc.HTTPError)):
		return "http"
	case errors.As(err, new(*kojirpc.NetworkError)):
		return "network"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, kojirpc.ErrClosed):
		return "given_up"
	}
	return "garbled"
}
