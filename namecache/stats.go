package namecache

import "sync/atomic"

// Outcome says how a lookup of a name ended, or where a name came from.
type Outcome uint8

// The outcomes in [Stats].
const (
	// InMemory: the name was in memory.
	InMemory Outcome = iota
	// OnDisk: it was on the disk.
	OnDisk
	// FromHub: the source had it.
	FromHub
	// Negative: there is nothing by the id, as the source said now or before.
	Negative
	// Stale: an old name was served or kept, since the source did not
	// answer or denied it.
	Stale
	// Failed: the source did not answer, and there was no old name.
	Failed
	// GivenUp: the caller did not wait any longer.
	GivenUp
	// Learnt: a message had it, and it was not known or is now confirmed.
	Learnt

	outcomes = iota
)

// Outcomes returns all outcomes.
func Outcomes() []Outcome {
	return []Outcome{InMemory, OnDisk, FromHub, Negative, Stale, Failed, GivenUp, Learnt}
}

// String returns the outcome's name: memory, disk, hub, negative, stale, failed,
// given_up or learnt.
func (o Outcome) String() string {
	names := [outcomes]string{"memory", "disk", "hub", "negative", "stale", "failed", "given_up", "learnt"}
	if int(o) < len(names) {
		return names[o]
	}
	return "unknown"
}

// Stats counts what a cache has done so far. The counts only grow.
type Stats struct {
	// Size is about how many names are in memory.
	Size int
	// Results counts, by kind and outcome.
	Results [kinds][outcomes]uint64
	// Disk counts what happened on the disk.
	Disk DiskStats
}

// DiskStats counts what happened on the disk. The counts only grow.
type DiskStats struct {
	// Reads and Writes count files read and written.
	Reads, Writes uint64
	// Unreadable counts files that hold no name.
	Unreadable uint64
	// Failures counts what could not be written or read.
	Failures uint64
	// Dropped counts names that were not written since too many were waiting.
	Dropped uint64
}

type counters struct {
	results [kinds][outcomes]atomic.Uint64
}

// count counts, and returns how many there are now.
func (c *counters) count(k Kind, o Outcome) uint64 { return c.results[k][o].Add(1) }

// outcomeOf says how a question ended that found a value in memory.
func outcomeOf(v *value) Outcome {
	switch {
	case v.name == "":
		return Negative
	case v.failing:
		return Stale
	}
	return InMemory
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	s := Stats{Size: c.memory.EstimatedSize()}
	for k := range s.Results {
		for o := range s.Results[k] {
			s.Results[k][o] = c.stats.results[k][o].Load()
		}
	}
	if c.disk != nil {
		s.Disk = c.disk.Stats()
		s.Disk.Dropped = c.writes.dropped.Load()
	}
	return s
}
