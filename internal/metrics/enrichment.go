package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/enrich"
)

// Enrichment returns the metrics of what the hub adds to events.
func Enrichment(snapshot func() enrich.Stats) prometheus.Collector {
	type stats = enrich.Stats
	events := describe("enriched_events_total", "Enriched events by status: complete, or partial if facts are missing.", "status")
	gaps := describe("enrichment_gaps_total", "Facts missing from events, by reason.", "reason")
	list := []stat[stats]{
		labelled(events, func(s *stats) uint64 { return s.Complete }, "complete"),
		labelled(events, func(s *stats) uint64 { return s.Partial }, "partial"),
		gauge("enrichment_questions", "Hub queries without an answer so far.", func(s *stats) float64 { return float64(s.Asking) }),
		gauge("enrichment_hub_silent", "Whether the hub does not respond, so that events do not wait for it.", func(s *stats) float64 { return truth(s.Down) }),
	}
	for _, reason := range enrich.Reasons() {
		list = append(list, labelled(gaps, func(s *stats) uint64 { return s.Gaps[reason] }, reason))
	}
	return &collector[stats]{snapshot, list}
}
