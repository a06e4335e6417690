package queue

import (
	"slices"
	"sort"
	"time"
)

// schedule has for a group of hosts the time at which it has a place for what comes after
// each of the waiting tasks.
type schedule struct {
	order  *order
	places int     // of the hosts
	at     []int32 // which items of the order compete for them
	tasks  []int32 // how many of those before each are tasks, and not future children
	starts []int64 // when there is a place for each of them, and then for one more
}

// start is when there is a place for a task, and how many are before it.
func (p *schedule) start(pos int, now time.Time) (at int64, ahead int) {
	i := sort.Search(len(p.at), func(i int) bool { return int(p.at[i]) >= pos })
	at, ahead = p.starts[i], int(p.tasks[i])
	if wait := at - now.UnixNano(); p.order.beyond > 1 && pos == len(p.order.items) && wait > 0 {
		at = now.UnixNano() + int64(float64(wait)*p.order.beyond)
	}
	return at, ahead
}

// start is when one of the groups has a place for a task, and how many are before it at
// most. It reports false where no host has any place.
func start(groups []*group, r rank, now time.Time) (at int64, ahead int, ok bool) {
	for _, g := range groups {
		if g.schedule.places == 0 {
			continue
		}
		t, n := g.schedule.start(g.schedule.order.find(r), now)
		if !ok || t < at {
			at = t
		}
		ahead, ok = max(ahead, n), true
	}
	return at, ahead, ok
}

// newSchedule assigns places to all waiting tasks in their order. Of tasks that others can
// take, too, the group gets its share.
func (m *Model) newSchedule(g *group, o *order, now time.Time) *schedule {
	p := &schedule{order: o}
	if old := g.schedule; old != nil { // nobody reads that any more
		p.at, p.tasks, p.starts = old.at[:0], old.tasks[:0], old.starts[:0]
	}
	var places placeHeap
	for _, h := range g.hosts {
		places = h.places(places, now)
	}
	if p.places = len(places); p.places == 0 {
		return p
	}
	places.init()
	var tasks int32
	for i := range o.items {
		it := &o.items[i]
		if it.bin.sharedWith != p {
			m.groupsOf(it.bin)
			it.bin.sharedWith, it.bin.share = p, it.bin.shareOf(g, now)
		}
		if it.bin.share == 0 {
			continue
		}
		p.at, p.tasks, p.starts = append(p.at, int32(i)), append(p.tasks, tasks), append(p.starts, places[0]) //nolint:gosec // at most maxOrder
		places.delayFirst(int64(float64(it.hold) * it.bin.share))
		if !it.rank.future {
			tasks++
		}
	}
	p.tasks, p.starts = append(p.tasks, tasks), append(p.starts, places[0])
	o.cost += len(o.items)/4 + len(p.at) + 2*p.places
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
