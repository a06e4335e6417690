package hubtest

import (
	"maps"
	"slices"
)

// Stats counts what a hub was asked, since it began or since ResetStats.
type Stats struct {
	Requests    int            // of HTTP, whatever became of them
	Calls       map[string]int // by name; those inside a multiCall count, and so does the multiCall
	Multicalls  []int          // how many calls each multiCall held, in the order of their coming; the oldest are dropped one day
	Faults      int            // answers that were a fault; not those inside a multiCall
	Failures    int            // requests that had failure
	InFlight    int            // requests at work now
	MaxInFlight int            // and the most there were at a time
	Logins      int
	Renewals    int
	Logouts     int
	Connections int // of servers that Listen started
}

// Called returns how many calls there were of all kinds, multiCalls left out.
func (s Stats) Called() int {
	n := 0
	for name, count := range s.Calls {
		if !isMulti(name) {
			n += count
		}
	}
	return n
}

// count changes what was counted.
func (h *Hub) count(change func(*Stats)) {
	h.counting.Lock()
	defer h.counting.Unlock()
	change(&h.stats)
}

// Stats returns what the hub was asked so far.
func (h *Hub) Stats() (out Stats) {
	h.count(func(s *Stats) {
		out = *s
		out.Calls = maps.Clone(s.Calls)
		out.Multicalls = slices.Clone(s.Multicalls)
	})
	return out
}

// ResetStats has the count begin anew.
func (h *Hub) ResetStats() {
	h.count(func(s *Stats) {
		*s = Stats{Calls: map[string]int{}, InFlight: s.InFlight, MaxInFlight: s.InFlight}
	})
}

// manyMulticalls bounds what a hub that runs for long remembers.
const manyMulticalls = 1 << 17

func (s *Stats) addMulticall(size int) {
	if len(s.Multicalls) == manyMulticalls {
		s.Multicalls = slices.Delete(s.Multicalls, 0, manyMulticalls/2)
	}
	s.Multicalls = append(s.Multicalls, size)
}
