package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/namecache"
)

// Names returns the metrics of the cache of names.
func Names(snapshot func() namecache.Stats) prometheus.Collector {
	type stats = namecache.Stats
	list := []stat[stats]{
		gauge("names", "Names in memory.", func(s *stats) float64 { return float64(s.Size) }),
		count("names_disk_reads_total", "Names read from the disk.", func(s *stats) uint64 { return s.Disk.Reads }),
		count("names_disk_writes_total", "Names written to the disk.", func(s *stats) uint64 { return s.Disk.Writes }),
		count("names_disk_unreadable_total", "Cache files that could not be read as a name.", func(s *stats) uint64 { return s.Disk.Unreadable }),
		count("names_disk_failures_total", "Names that could not be written to the disk.", func(s *stats) uint64 { return s.Disk.Failures }),
		count("names_disk_dropped_total", "Names that were not written to the disk because too many writes were queued.", func(s *stats) uint64 { return s.Disk.Dropped }),
	}
	results := describe("name_results_total", "Name lookups by kind and result: memory, disk, hub (where the name was found), negative (no such name), stale (an outdated name was used), failed, given_up; learnt counts names taken from messages.", "kind", "result")
	for _, kind := range namecache.Kinds() {
		for _, outcome := range namecache.Outcomes() {
			list = append(list, labelled(results, func(s *stats) uint64 { return s.Results[kind][outcome] }, kind.String(), outcome.String()))
		}
	}
	return &collector[stats]{snapshot, list}
}
