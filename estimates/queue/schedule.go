package queue

import (
	"slices"
	"sort"
	"time"
)

// schedule has for one bin the time at which its hosts have a place for what comes after
// each of the waiting tasks.
type schedule struct {
	built   time.Time
	changes uint64                // of the model when it was built
	enabled int                   // hosts that take the bin
	ready   int                   // of those, the ones that are ready
	places  int                   // how many places the ready hosts have
	ranks   []rank                // of those that compete for the hosts, in order
	tasks   []int                 // how many of those before each are tasks, and not future children
	taken   map[int64]*overtaking // by priority, see Model.overtaking
	starts  []int64               // when there is a place for each of them, and then for one more
}

// start is when there is a place for a task, and how many are before it.
func (p *schedule) start(r rank) (at int64, ahead int) {
	i := sort.Search(len(p.ranks), func(i int) bool { return p.ranks[i].compare(r) >= 0 })
	return p.starts[i], p.tasks[i]
}

// newSchedule assigns places to all waiting tasks in their order.
func (m *Model) newSchedule(mine []*host, now time.Time) *schedule {
	p := &schedule{built: now, changes: m.changes, taken: map[int64]*overtaking{}}
	var places placeHeap
	for _, h := range mine {
		if h.enabled {
			p.enabled++
		}
		if h.enabled && h.ready {
			p.ready++
			places = h.places(places, now)
		}
	}
	if len(places) == 0 {
		return p
	}
	p.places = len(places)
	places.init()
	n := len(m.waiting) + len(m.futures)
	p.ranks, p.tasks, p.starts = make([]rank, 0, n), make([]int, 0, n+1), make([]int64, 0, n+1)
	tasks := 0
	m.queued(func(r rank, w reservation, future bool) {
		if w.bin.schedule != p {
			w.bin.schedule, w.bin.share = p, share(mine, m.hostsOf(w.bin))
		}
		if w.bin.share == 0 {
			return
		}
		p.ranks, p.tasks = append(p.ranks, r), append(p.tasks, tasks)
		p.starts = append(p.starts, places[0])
		places.delayFirst(int64(float64(w.hold) * w.bin.share))
		if !future {
			tasks++
		}
	})
	p.tasks = append(p.tasks, tasks)
	p.starts = append(p.starts, places[0])
	return p
}

// share is which part of another bin's ready hosts are among these.
func share(mine, others []*host) float64 {
	theirs, both := 0, 0
	for _, h := range others {
		if !h.enabled || !h.ready {
			continue
		}
		theirs++
		for len(mine) > 0 && mine[0].id < h.id { // both are in the order of the ids
			mine = mine[1:]
		}
		if len(mine) > 0 && mine[0] == h {
			both++
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(theirs)
}

// placeHeap has the earliest place in front.
type placeHeap []int64

func (p placeHeap) init() { slices.Sort(p) }

// delayFirst has the earliest place be taken for a while.
func (p placeHeap) delayFirst(by int64) {
	at := p[0] + by
	i := 0
	for {
		child := 2*i + 1
		if child >= len(p) {
			break
		}
		if right := child + 1; right < len(p) && p[right] < p[child] {
			child = right
		}
		if p[child] >= at {
			break
		}
		p[i] = p[child]
		i = child
	}
	p[i] = at
}
