package queue

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// DefaultMaxJobs is the maximum number of concurrent tasks of a host unless the hub names
// another.
//
// Source: the option maxjobs of builder/kojid.
const DefaultMaxJobs = 10

// defaultCapacity is the capacity of a host for which none is given.
//
// Source: the column capacity in koji/schemas/schema.sql.
const defaultCapacity = 2.0

// noarch is the arch that every host has.
const noarch = "noarch"

// Host is a builder with the tasks that it accepts. A host that is not enabled or not ready
// accepts none.
type Host struct {
	koji.Host
	Channels []int64
	MaxJobs  int // 0: DefaultMaxJobs
}

// host is a builder in the model.
type host struct {
	id       int64
	capacity float64
	maxJobs  int
	enabled  bool
	ready    bool
	learnt   bool // from where tasks ran, not told by the hub
	seen     bounds
	shared   recent  // seconds of places given to tasks that other groups take, too
	load     float64 // of what is active, as the hub counts it
	arches   []string
	channels []int64
	active   map[int64]*entry // OPEN and ASSIGNED
}

func newHost(id int64) *host {
	return &host{
		id: id, capacity: defaultCapacity, maxJobs: DefaultMaxJobs, enabled: true, ready: true,
		active: map[int64]*entry{},
	}
}

// set copies what the hub reports. Members that it omits count as enabled and ready.
func (h *host) set(from *Host) {
	h.learnt = false
	h.arches, h.channels = slices.Clone(from.Arches), slices.Clone(from.Channels)
	h.capacity, h.maxJobs = defaultCapacity, DefaultMaxJobs
	if from.Capacity.Known {
		h.capacity = from.Capacity.Value
	}
	if from.MaxJobs > 0 {
		h.maxJobs = from.MaxJobs
	}
	h.enabled = !from.Enabled.Known || from.Enabled.Value
	h.ready = !from.Ready.Known || from.Ready.Value
}

// learn widens a host that the hub has not described so that it could have taken what it
// has: its true bounds may be wider. It reports whether something is new.
func (h *host) learn(channel int64, arch string) bool {
	news := false
	if !slices.Contains(h.channels, channel) {
		h.channels, news = append(h.channels, channel), true
	}
	if arch != noarch && arch != "" && !slices.Contains(h.arches, arch) {
		h.arches, news = append(h.arches, arch), true
	}
	return news
}

func (h *host) add(e *entry) {
	h.active[e.rank.id] = e
	h.load += e.load()
}

func (h *host) remove(id int64, at time.Time) {
	e := h.active[id]
	if e == nil {
		return
	}
	delete(h.active, id)
	h.seen.changed = at
	if h.load -= e.load(); len(h.active) == 0 {
		h.load = 0 // what rounding has left
	}
}

// takes reports whether the host has the bin.
func (h *host) takes(b binKey) bool {
	return slices.Contains(h.channels, b.channel) && (b.arch == noarch || slices.Contains(h.arches, b.arch))
}

// empty returns how many places an idle host has.
func (h *host) empty() int { return min(int(math.Ceil(h.capacity/placeWeight)), h.maxJobs) }

// places appends when the host can take one more task, and one more, until all
// that it has now is done.
func (h *host) places(times []int64, now time.Time) []int64 {
	type end struct {
		at   int64
		load float64
	}
	ends := make([]end, 0, len(h.active))
	load, jobs := 0.0, len(h.active)
	for _, e := range h.active {
		ends = append(ends, end{e.end(now).UnixNano(), e.load()})
		load += e.load()
	}
	slices.SortFunc(ends, func(a, b end) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.load, b.load))
	})
	at := now.UnixNano()
	for i := 0; ; i++ {
		for load < h.capacity && jobs < h.maxJobs {
			times = append(times, at)
			load += placeWeight
			jobs++
		}
		if i == len(ends) {
			return times
		}
		at = max(at, ends[i].at)
		load -= ends[i].load
		jobs--
	}
}
