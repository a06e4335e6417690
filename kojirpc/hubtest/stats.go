package hubtest

import (
	"maps"
	"slices"
	"sync"
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

// counters makes Stats.
type counters struct {
	mu    sync.Mutex
	stats Stats
}

func newCounters() *counters { return &counters{stats: Stats{Calls: map[string]int{}}} }

// Stats returns what the hub was asked so far.
func (h *Hub) Stats() Stats {
	c := h.stats
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Calls = maps.Clone(s.Calls)
	s.Multicalls = slices.Clone(s.Multicalls)
	return s
}

// ResetStats has the count begin anew.
func (h *Hub) ResetStats() {
	c := h.stats
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats = Stats{Calls: map[string]int{}, InFlight: c.stats.InFlight, MaxInFlight: c.stats.InFlight}
}

func (c *counters) change(f func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.stats)
}

func (c *counters) begin() {
	c.change(func(s *Stats) {
		s.Requests++
		s.InFlight++
		s.MaxInFlight = max(s.MaxInFlight, s.InFlight)
	})
}

func (c *counters) end() { c.change(func(s *Stats) { s.InFlight-- }) }

func (c *counters) call(method string) { c.change(func(s *Stats) { s.Calls[method]++ }) }

// manyMulticalls bounds what a hub that runs for long remembers.
const manyMulticalls = 1 << 17

func (c *counters) multicall(size int) {
	c.change(func(s *Stats) {
		if len(s.Multicalls) == manyMulticalls {
			s.Multicalls = slices.Delete(s.Multicalls, 0, manyMulticalls/2)
		}
		s.Multicalls = append(s.Multicalls, size)
	})
}

func (c *counters) fault() { c.change(func(s *Stats) { s.Faults++ }) }

func (c *counters) failure() { c.change(func(s *Stats) { s.Failures++ }) }

func (c *counters) login() { c.change(func(s *Stats) { s.Logins++ }) }

func (c *counters) renewal() { c.change(func(s *Stats) { s.Renewals++ }) }

func (c *counters) logout() { c.change(func(s *Stats) { s.Logouts++ }) }

func (c *counters) connection() { c.change(func(s *Stats) { s.Connections++ }) }
