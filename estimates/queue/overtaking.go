package queue

import (
	"math"
	"time"
)

// overtaking is the share of places that tasks coming later take because they go before a
// priority.
type overtaking struct {
	shares [slots]float64 // of the places, by the hour of the day
	ramp   float64        // ns that such work takes on average
}

// mostTaken bounds the share of places assumed taken.
const mostTaken = 0.9

// overtaking returns it for a schedule's bin and a priority, as it was when the bin's schedule was made or
// was first asked.
func (m *Model) overtaking(b *bin, priority int64, now time.Time) *overtaking {
	if b.takenOf != m.order {
		b.takenOf, b.taken = m.order, map[int64]*overtaking{}
	}
	t, ok := b.taken[priority]
	if !ok {
		t = m.newOvertaking(m.hostsOf(b), priority, now)
		b.taken[priority] = t
	}
	return t
}

func (m *Model) newOvertaking(mine []*host, priority int64, now time.Time) *overtaking {
	places := 0
	for _, h := range mine {
		if h.enabled && h.ready {
			places += h.empty()
		}
	}
	if places == 0 {
		return nil
	}
	var t overtaking
	work, tasks := 0.0, 0.0
	for _, b := range m.bins {
		part := share(mine, m.hostsOf(b))
		if part == 0 {
			continue
		}
		for p, u := range b.demand {
			// What is of the same kind, as the children of builds that wait, has
			// the priority right before.
			if p >= priority-1 {
				continue
			}
			for slot := range t.shares {
				t.shares[slot] += part * m.observed.busy(u, slot, now) / float64(places)
			}
			work, tasks = work+u.work.at(now)*part, tasks+u.tasks.at(now)*part
		}
	}
	if work == 0 {
		return nil
	}
	t.ramp = work / tasks * float64(time.Second)
	for slot := range t.shares {
		t.shares[slot] = min(t.shares[slot], mostTaken)
	}
	return &t
}

// longest bounds how far ahead is looked.
const longest = 30 * 24 * time.Hour

// stretch is how long a wait becomes. What runs now keeps its place until its end, and
// only then what comes later takes its part.
func (t *overtaking) stretch(wait time.Duration, now time.Time) time.Duration {
	if t == nil {
		return wait
	}
	var gone time.Duration
	left := float64(wait)
	for gone < longest {
		at := now.Add(gone)
		step := max(time.Minute, gone/8)
		if hour := at.Truncate(time.Hour).Add(time.Hour).Sub(at); step > hour {
			step = hour
		}
		middle := float64(gone + step/2)
		free := 1 - t.shares[slotOf(at)]*(1-math.Exp(-middle/t.ramp))
		if done := free * float64(step); done < left {
			left -= done
			gone += step
			continue
		}
		return gone + time.Duration(left/free)
	}
	return gone + time.Duration(left)
}
