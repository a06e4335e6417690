package namecache

import "sync/atomic"

// Outcome is the outcome of a lookup, or the origin of a name.
type Outcome uint8

// The outcomes in [Stats].
const (
	// InMemory means that the name was in memory.
	InMemory Outcome = iota
	// OnDisk means that the name was on disk.
	OnDisk
	// FromHub means that the source returned the name.
	FromHub
	// Negative means that the id does not exist, according to the source.
	Negative
	// Stale means that an old name was used because the source did not answer or
	// no longer found the id.
	Stale
	// Failed means that the source did not answer and there was no old name.
	Failed
	// GivenUp means that the caller gave up waiting.
	GivenUp
	// Learnt means that a name from a message was stored or confirmed.
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

// Stats are the counts of a cache. Except for Size, they never decrease.
type Stats struct {
	// Size is the approximate number of names in memory.
	Size int
	// Results counts lookups by kind and outcome.
	Results [kinds][outcomes]uint64
	// Disk has the counts of the disk.
	Disk DiskStats
}

// DiskStats are the counts of a disk. They never decrease.
type DiskStats struct {
	// Reads and Writes count files read and written.
	Reads, Writes uint64
	// Unreadable counts files without a valid name.
	Unreadable uint64
	// Failures counts failures to open the folder or to write a file.
	Failures uint64
	// Dropped counts names that were not written because too many were waiting.
	Dropped uint64
}

type counters struct {
	results [kinds][outcomes]atomic.Uint64
}

// count increments a counter and returns its new value.
func (c *counters) count(k Kind, o Outcome) uint64 { return c.results[k][o].Add(1) }

// outcomeOf returns the outcome of a lookup that found a value in memory.
func outcomeOf(v *value) Outcome {
	switch {
	case v.name == "":
		return Negative
	case v.failing:
		return Stale
	}
	return InMemory
}

// Stats returns the counts of the cache.
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
