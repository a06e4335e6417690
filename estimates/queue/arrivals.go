package queue

import (
	"math"
	"time"
)

// arrivals is how much work of a bin comes by priority: what comes later and goes first
// takes places from what waits now.
type arrivals map[int64]*rate

// rate is work per time, over about the last day.
type rate struct {
	first, last time.Time
	work        float64 // seconds of places, worn off
}

// memory is for how long arrivals count about half. A queue that takes hours goes
// through days and nights.
const memory = 24 * time.Hour

// maxPriorities bounds how many priorities are told apart.
const maxPriorities = 50

// note notes that a task has come that will keep a place for a while.
func (a arrivals) note(priority int64, hold time.Duration, at time.Time) {
	r := a[priority]
	if r == nil {
		if len(a) >= maxPriorities {
			return
		}
		r = &rate{first: at, last: at}
		a[priority] = r
	}
	r.work = r.left(at) + hold.Seconds()
	if at.After(r.last) {
		r.last = at
	}
}

// left is what has not worn off of the work.
func (r *rate) left(at time.Time) float64 {
	return r.work * math.Exp(-max(0, at.Sub(r.last).Seconds())/memory.Seconds())
}

// busy is how many places the work keeps on average.
func (r *rate) busy(at time.Time) float64 {
	seen := 1 - math.Exp(-at.Sub(r.first).Seconds()/memory.Seconds())
	if seen < 0.05 {
		return 0 // for an hour nothing can be told
	}
	return r.left(at) / memory.Seconds() / seen
}

// before is how many places the work keeps that goes before a priority. What is of the
// same kind, as the children of builds that wait, has the priority right before.
func (a arrivals) before(priority int64, at time.Time) float64 {
	sum := 0.0
	for p, r := range a {
		if p < priority-1 {
			sum += r.busy(at)
		}
	}
	return sum
}

// mostTaken bounds which share of places is thought to be taken from what waits.
const mostTaken = 0.75

// taken is which share of the places of a bin's hosts work takes that comes later and
// goes before a priority, as it was when the bin's plan was made or was first asked.
func (m *Model) taken(p *plan, mine []*host, priority int64, now time.Time) float64 {
	share, ok := p.taken[priority]
	if !ok {
		share = m.takenOf(mine, priority, now)
		p.taken[priority] = share
	}
	return share
}

func (m *Model) takenOf(mine []*host, priority int64, now time.Time) float64 {
	places := 0.0
	for _, h := range mine {
		if h.enabled && h.ready {
			places += h.capacity / placeWeight
		}
	}
	if places == 0 {
		return 0
	}
	sum := 0.0
	for _, b := range m.bins {
		if busy := b.arrivals.before(priority, now); busy > 0 {
			sum += busy * share(mine, m.hostsOf(b))
		}
	}
	return min(sum/places, mostTaken)
}
