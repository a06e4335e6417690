package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/enrich"
)

// Enrichment returns the metrics of what the hub adds to events.
func Enrichment(snapshot func() enrich.Stats) prometheus.Collector {
	type stats = enrich.Stats
	events := describe("enriched_events_total", "Events that were enriched, by how they went out: complete, or partial, with gaps.", "status")
	gaps := describe("enrichment_gaps_total", "Facts that events lack, by reason.", "reason")
	list := []stat[stats]{
		{events, prometheus.CounterValue, func(s *stats) float64 { return float64(s.Complete) }, []string{"complete"}},
		{events, prometheus.CounterValue, func(s *stats) float64 { return float64(s.Partial) }, []string{"partial"}},
		gauge("enrichment_questions", "Questions to the hub that have no answer yet.", func(s *stats) float64 { return float64(s.Asking) }),
		gauge("enrichment_hub_silent", "Whether the hub does not answer, so that events do not wait for it.", func(s *stats) float64 { return truth(s.Down) }),
	}
	for _, reason := range enrich.Reasons() {
		list = append(list, stat[stats]{
			gaps, prometheus.CounterValue,
			func(s *stats) float64 { return float64(s.Gaps[reason]) },
			[]string{reason},
		})
	}
	return &collector[stats]{snapshot, list}
}
