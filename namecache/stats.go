package namecache

import "sync/atomic"

// Outcome is how a question for a name ended, or where a name came from.
type Outcome uint8

// The outcomes in [Stats].
const (
	// InMemory is that the name was there.
	InMemory Outcome = iota
	// OnDisk is that it was on the disk.
	OnDisk
	// FromHub is that the source was asked and had it.
	FromHub
	// Negative is that there is nothing by the id, as was found out or known.
	Negative
	// Stale is that an old name was served or kept, since the source did not
	// answer or denied it.
	Stale
	// Failed is that the source was asked in vain, and there was no old name.
	Failed
	// GivenUp is that who asked did not wait any longer.
	GivenUp
	// Learnt is that a message had it, and it was not known or is now confirmed.
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

// Stats is what a cache has done so far. The counts only grow.
type Stats struct {
	// Size is how many names are in memory, about.
	Size int
	// Results counts, by kind and outcome.
	Results [kinds][outcomes]uint64
	// Disk is what happened on the disk.
	Disk DiskStats
}

// DiskStats is what happened on the disk. The counts only grow.
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

// counters makes Stats.
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
