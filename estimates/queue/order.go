package queue

import (
	"slices"
	"sort"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// order is the queue in the order in which its tasks get places. Schedules of all bins are
// made from the same one.
type order struct {
	built   time.Time
	changes uint64 // of the model when it was built
	items   []item
	cost    int // of this order and the schedules made from it, in items and places
	// beyond is how many times as long the whole queue is as the items.
	beyond float64
}

// item is a task in the order, or a future child of one.
type item struct {
	rank rank
	bin  *bin
	hold time.Duration
}

// maxOrder bounds how much of a queue is scheduled. What is behind that waits in
// proportion.
const maxOrder = 20_000

// paid is how many items and places one change pays for: a new order is made when enough
// has changed.
const paid = 6

// cheap is below what cost an order is made anew after every change.
const cheap = 300

// current reports whether little has changed since, beside what a new order costs.
func (o *order) current(m *Model, now time.Time) bool {
	if o == nil {
		return false
	}
	age, changes := now.Sub(o.built), m.changes-o.changes
	return age >= 0 && age < fresh && (changes == 0 || o.cost >= cheap && changes*paid <= uint64(o.cost)) //nolint:gosec // not negative
}

// newOrder merges the waiting tasks and the future children.
func (m *Model) newOrder(now time.Time) *order {
	m.waiting.sort()
	m.futures.sort()
	m.noteStanding(now)
	o := &order{built: now, changes: m.changes, beyond: 1, cost: len(m.waiting.sorted)}
	all := len(m.waiting.sorted)
	for _, f := range m.futures.sorted {
		all += len(f.reservations)
	}
	if m.order != nil { // nobody reads that any more
		o.items, m.order.items = m.order.items[:0], nil
	}
	futures := m.futures.sorted
	for _, e := range m.waiting.sorted {
		for len(futures) > 0 && futures[0].rank.compare(e.rank) < 0 {
			o.addChildren(futures[0])
			futures = futures[1:]
		}
		o.add(item{e.rank, e.bin, e.hold})
	}
	for _, f := range futures {
		o.addChildren(f)
	}
	if all > len(o.items) {
		o.beyond = float64(all) / float64(len(o.items))
	}
	return o
}

func (o *order) add(i item) {
	if len(o.items) < maxOrder {
		o.items = append(o.items, i)
	}
}

func (o *order) addChildren(f *futureChildren) {
	for _, r := range f.reservations {
		o.add(item{f.rank, r.bin, r.hold})
	}
}

// find is how many items go before a rank.
func (o *order) find(r rank) int {
	return sort.Search(len(o.items), func(i int) bool { return o.items[i].rank.compare(r) >= 0 })
}

// ranked is a list in the order of ranks that is sorted only when it is read.
type ranked[T interface {
	comparable
	rankIs() rank
	isGone() bool
}] struct {
	sorted, added []T
	gone          int // of the sorted ones
}

func (l *ranked[T]) add(v T) { l.added = append(l.added, v) }

// sort takes in what was added, and drops what is gone.
func (l *ranked[T]) sort() {
	if len(l.added) == 0 && l.gone == 0 {
		return
	}
	all := slices.DeleteFunc(l.sorted, T.isGone)
	added := slices.DeleteFunc(l.added, T.isGone)
	l.added, l.gone = nil, 0
	compare := func(a, b T) int { return a.rankIs().compare(b.rankIs()) }
	slices.SortFunc(added, compare)
	l.sorted = merge(all, added, compare)
}

// merge merges two sorted lists into the first.
func merge[T any](all, added []T, compare func(a, b T) int) []T {
	i, j := len(all)-1, len(added)-1
	all = append(all, added...)
	for k := len(all) - 1; j >= 0; k-- {
		if i >= 0 && compare(all[i], added[j]) > 0 {
			all[k] = all[i]
			i--
			continue
		}
		all[k] = added[j]
		j--
	}
	return all
}

// drop notes that one is gone, and makes room when many are.
func (l *ranked[T]) drop() {
	l.gone++
	if l.gone > 1000 && 2*l.gone > len(l.sorted)+len(l.added) {
		l.sorted = slices.DeleteFunc(l.sorted, T.isGone)
		l.added = slices.DeleteFunc(l.added, T.isGone)
		l.gone = 0
	}
}

func (e *entry) rankIs() rank          { return e.rank }
func (e *entry) isGone() bool          { return e.gone }
func (f *futureChildren) rankIs() rank { return f.rank }
func (f *futureChildren) isGone() bool { return f.gone }

// standing is how long a task waits until that shows that its hosts are full: longer than a
// round of the scheduler takes that finds a place.
const standing = 90 * time.Second

// noteStanding learns from tasks that wait that their hosts are full.
func (m *Model) noteStanding(now time.Time) {
	if m.told {
		return
	}
	m.stands++
	for _, e := range m.waiting.sorted {
		b := e.bin
		if b.stands == m.stands || now.Unix()-e.since < int64(standing.Seconds()) {
			continue
		}
		b.stands = m.stands
		for _, h := range m.hostsOf(b) {
			if h.refused(now) {
				m.newHosts()
			}
		}
	}
}

// freeSince is when a task began to wait, as a message told.
func freeSince(t *koji.Task, at time.Time, old *entry) int64 {
	if t.State != koji.TaskFree {
		return 0
	}
	if old != nil && old.state == koji.TaskFree {
		return old.since
	}
	return at.Unix()
}
