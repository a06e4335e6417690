package queue

import (
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// How the hub and its builders pace themselves.
//
// Source: RunInterval in kojihub/kojixmlrpc.py, sleeptime in builder/kojid.
const (
	round = 60 * time.Second // between two rounds of the scheduler, at least
	poll  = 15 * time.Second // between two questions of an idle builder
	// pickup is how long a task that has a place waits on average.
	pickup = round/2 + poll/2
)

// Of how long a task waits in a queue, the interval that holds it four times in
// five, as shares of what is most likely. It is not even: tasks that come later
// with a higher priority, such as the children of builds, go first.
const (
	lowShare  = 0.6
	highShare = 1.7
)

// Start is when a task is expected to start, and why not sooner.
type Start struct {
	// Likely is the most likely time; Low and High bound an 80 % interval. They are zero if
	// no host accepts the task; Reason is then what is missing.
	Likely, Low, High time.Time
	// Ahead is the number of waiting tasks that go first and could use the same hosts.
	Ahead int
	// Hosts is the number of hosts that can take the task now.
	Hosts int
	// Reason is what the task waits for.
	Reason Reason
}

// Known reports whether there is a time.
func (s Start) Known() bool { return !s.Likely.IsZero() }

// Expect predicts when a FREE or ASSIGNED task will start, as of now. It is false for tasks in
// other states, and if nothing is known of their hosts: neither from the hub nor from a task
// that was seen to run on them.
func (m *Model) Expect(t *koji.Task, now time.Time) (Start, bool) {
	switch t.State {
	case koji.TaskAssigned:
		return Start{
			Low: now, Likely: now.Add(poll / 2), High: now.Add(2 * poll), Hosts: 1,
			Reason: Reason{why: notPickedUp},
		}, true
	case koji.TaskFree:
		return m.expectFree(t, rankOf(t), now)
	}
	return Start{}, false
}

func (m *Model) expectFree(t *koji.Task, r rank, now time.Time) (Start, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.binOf(keyOf(t))
	place, ahead, ok := start(m.schedules(b, now), r, now)
	if !ok {
		return m.lacking(b)
	}
	if wait := time.Duration(place - now.UnixNano()); wait > 0 && (r.future || m.entries[t.ID].hasFuture()) {
		place = now.Add(m.overtaking(b, int64(r.priority), now).stretch(wait, now)).UnixNano()
	}
	s := Start{Ahead: ahead, Hosts: b.ready, Reason: Reason{why: nextRound}}
	s.setTimes(time.Unix(0, place), t.Created, now)
	if place > now.UnixNano() {
		s.Reason = m.reason(full, b)
		s.Reason.ahead = ahead
	}
	return s, true
}

// setTimes adds to the time of the place what scheduler and builder take.
func (s *Start) setTimes(place, created, now time.Time) {
	wait := max(0, place.Sub(now))
	left := round
	if wait == 0 { // some of the round has passed
		since := created
		if place.After(since) {
			since = place
		}
		left = min(round, max(round-max(0, now.Sub(since)), poll))
	}
	s.Low = now.Add(scaled(wait, lowShare))
	s.Likely = now.Add(wait + left/2 + poll/2)
	s.High = now.Add(scaled(wait, highShare) + left + poll)
}

func scaled(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }

// lacking is the answer where no host can take the bin now. Where hosts are only
// learnt, one that is not known may well be there.
func (m *Model) lacking(b *bin) (Start, bool) {
	if !m.told {
		return Start{}, false
	}
	switch {
	case m.disabled[b.channel]:
		return Start{Reason: m.reason(disabled, b)}, true
	case slices.ContainsFunc(b.hosts, func(h *host) bool { return h.enabled }) && b.ready == 0:
		return Start{Reason: m.reason(noneReady, b)}, true
	case b.ready > 0:
		return Start{Reason: m.reason(noCapacity, b)}, true
	}
	return Start{Reason: m.reason(noHost, b)}, true
}
