package queue

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// group is hosts that take the same tasks, all of them ready.
type group struct {
	hosts    []*host
	schedule *schedule // nil: none yet
}

// newGroups divides the hosts into groups.
func (m *Model) newGroups() {
	by := map[string]*group{}
	m.groups, m.groupsVersion = nil, m.version
	ids := make([]int64, 0, len(m.hosts))
	for id := range m.hosts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		h := m.hosts[id]
		if !h.enabled || !h.ready {
			continue
		}
		slices.Sort(h.channels)
		slices.Sort(h.arches)
		key := fmt.Sprint(h.channels, h.arches)
		g := by[key]
		if g == nil {
			g = new(group)
			by[key] = g
			m.groups = append(m.groups, g)
		}
		g.hosts = append(g.hosts, h)
	}
}

// groupsOf returns the groups whose hosts take a bin.
func (m *Model) groupsOf(b *bin) []*group {
	m.hostsOf(b)
	return b.groups
}

// hostsOf returns the hosts of a bin, by id.
func (m *Model) hostsOf(b *bin) []*host {
	if b.version == m.version {
		return b.hosts
	}
	if m.groupsVersion != m.version {
		m.newGroups()
	}
	b.version, b.hosts, b.groups, b.ready = m.version, nil, nil, 0
	if m.disabled[b.channel] {
		return nil
	}
	for _, h := range m.hosts {
		if h.takes(b.binKey) {
			b.hosts = append(b.hosts, h)
		}
	}
	slices.SortFunc(b.hosts, func(a, b *host) int { return int(max(-1, min(a.id-b.id, 1))) })
	for _, g := range m.groups {
		if g.hosts[0].takes(b.binKey) {
			b.groups = append(b.groups, g)
			b.ready += len(g.hosts)
		}
	}
	return b.hosts
}

// evenly is how much time of places has to be seen for what was given to hosts of late to
// weigh as much as an even division.
const evenly = 30 * time.Minute

// shareOf is the part of a bin's tasks that go to a group: in between what its hosts were
// given of late of tasks that others take, too, and as many as it has of the hosts. Where
// one arch has a queue, what is noarch goes to others.
func (b *bin) shareOf(g *group, now time.Time) float64 {
	if !slices.Contains(b.groups, g) {
		return 0
	}
	if len(b.groups) == 1 {
		return 1
	}
	mine, all := 0.0, 0.0
	for _, other := range b.groups {
		sum := 0.0
		for _, h := range other.hosts {
			sum += h.shared.at(now)
		}
		all += sum
		if other == g {
			mine = sum
		}
	}
	even := float64(len(g.hosts)) / float64(b.ready)
	return (mine + even*evenly.Seconds()) / (all + evenly.Seconds())
}

// recent is a sum of which what is older than half an hour hardly counts.
type recent struct {
	sum  float64
	last time.Time
}

func (r *recent) add(n float64, at time.Time) {
	r.sum = r.at(at) + n
	if at.After(r.last) {
		r.last = at
	}
}

func (r *recent) at(t time.Time) float64 {
	return r.sum * math.Exp(-max(0, t.Sub(r.last).Seconds())/evenly.Seconds())
}
