package hubtest

import (
	"maps"
	"slices"
)

// Stats counts the requests of a hub, since its start or the last ResetStats.
type Stats struct {
	Requests    int            // HTTP requests, including failed ones
	Calls       map[string]int // by name; a multiCall counts, and so do the calls inside
	Multicalls  []int          // the number of calls in each multiCall, in order; only the last ones are kept
	Faults      int            // answers that were a fault, without those inside a multiCall
	Failures    int            // requests with an injected failure
	InFlight    int            // requests under way
	MaxInFlight int            // the maximum of InFlight
	Logins      int
	Renewals    int
	Logouts     int
	Connections int // of servers started by Listen
}

// Called returns the number of all calls, except multiCalls.
func (s Stats) Called() int {
	n := 0
	for name, count := range s.Calls {
		if !isMulti(name) {
			n += count
		}
	}
	return n
}

// count changes the stats.
func (h *Hub) count(change func(*Stats)) {
	h.counting.Lock()
	defer h.counting.Unlock()
	change(&h.stats)
}

// Stats returns a copy of the hub's stats.
func (h *Hub) Stats() (out Stats) {
	h.count(func(s *Stats) {
		out = *s
		out.Calls = maps.Clone(s.Calls)
		out.Multicalls = slices.Clone(s.Multicalls)
	})
	return out
}

// ResetStats sets the counts to zero.
func (h *Hub) ResetStats() {
	h.count(func(s *Stats) {
		*s = Stats{Calls: map[string]int{}, InFlight: s.InFlight, MaxInFlight: s.InFlight}
	})
}

// manyMulticalls limits the length of Stats.Multicalls.
const manyMulticalls = 1 << 17

func (s *Stats) addMulticall(size int) {
	if len(s.Multicalls) == manyMulticalls {
		s.Multicalls = slices.Delete(s.Multicalls, 0, manyMulticalls/2)
	}
	s.Multicalls = append(s.Multicalls, size)
}
