package sentinel

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// host is a builder.
type host struct {
	heard  time.Time
	ended  time.Time              // when a task last ended on it
	serves map[queueKey]time.Time // whose tasks it was given, and when last
	arch   string                 // for which it last built
	most   int                    // tasks that were on it at once
	results
	lost ring[time.Time] // when tasks were taken back from it
}

// results are how tasks have ended.
type results struct {
	outcomes ring[outcome]
	ratios   ring[ratio]
}

// arch is all the hosts of an arch.
type arch struct {
	heard time.Time
	results
}

// ratio is the logarithm of how long a task ran by how long it was expected to.
type ratio struct {
	at   time.Time
	host string
	log  float64
}

// How much of the past is compared.
const (
	hostOutcomes = 12
	hostRatios   = 12
	archOutcomes = 300
	archRatios   = 300
	lastLosses   = 8
)

// serving is for how long a host counts among those that take the tasks of a queue.
const serving = 7 * 24 * time.Hour

// host returns a host, which it makes if there is none.
func (s *Sentinel) host(name string, at time.Time) *host {
	return known(s.hosts, name, maxHosts, at, func(h *host) *time.Time { return &h.heard })
}

// given notes that a host was given a task.
func (s *Sentinel) given(t *task, at time.Time) {
	if t.host != "" {
		s.host(t.host, at).serve(t.queue, at)
	}
}

// serve notes that the host takes the tasks of a queue.
func (h *host) serve(key queueKey, at time.Time) {
	if h.serves == nil {
		h.serves = map[queueKey]time.Time{}
	}
	if _, known := h.serves[key]; !known && len(h.serves) >= maxServed {
		forget(h.serves, func(at time.Time) time.Time { return at })
	}
	h.serves[key] = at
}

// lost notes that a task was taken back from its host.
func (s *Sentinel) lost(t *task, at time.Time) {
	if t.host != "" {
		s.host(t.host, at).lost.add(at, lastLosses)
	}
}

// takes reports whether the host was given tasks of a queue lately.
func (h *host) takes(key queueKey) bool {
	at, ok := h.serves[key]
	return ok && h.heard.Sub(at) < serving
}

// ranOn notes how a run has ended on its host.
func (s *Sentinel) ranOn(t, was *task, at time.Time) {
	if was.host == "" || was.children > 0 {
		return
	}
	h := s.host(was.host, at)
	h.ended = at
	if t.Name != "buildArch" {
		return // the others say little of a host
	}
	if t.queue.arch == "noarch" {
		return // it may have been any host's
	}
	h.arch = t.queue.arch
	all := known(s.arches, h.arch, maxArches, at, func(a *arch) *time.Time { return &a.heard })
	o := outcome{was.host, t.pkg, t.state == koji.TaskFailed}
	h.outcomes.add(o, hostOutcomes)
	all.outcomes.add(o, archOutcomes)
	if took := at.Sub(was.since); t.state == koji.TaskClosed && was.likely > 0 && took > 0 {
		r := ratio{at, was.host, math.Log(took.Seconds() / was.likely.Seconds())}
		h.ratios.add(r, hostRatios)
		all.ratios.add(r, archRatios)
	}
}

// findFailingHosts finds hosts on which tasks fail that would not on their siblings.
func (s *Sentinel) findFailingHosts(report func(Alert)) {
	for name, h := range s.hosts {
		all := s.arches[h.arch]
		if all == nil {
			continue
		}
		others, theirs := siblingRate(all, name)
		n, k := failing(h.outcomes.newest(), theirs)
		if others < 10 || k == 0 {
			continue
		}
		report(Alert{
			Subject: Subject{Host: name},
			Evidence: fmt.Sprintf("Of the last %d packages built on %s %d have failed; on the other hosts of %s it is %.0f %%.",
				n, name, k, h.arch, 100*theirs),
			Remedy: fmt.Sprintf("Look at the logs of the last tasks (disk, mock, network); `koji disable-host %s` until it is mended.", name),
		})
	}
}

// siblingRate returns how many tasks have ended on the other hosts of an arch and the
// share of them that have failed. Some always may.
func siblingRate(all *arch, name string) (n int, rate float64) {
	failed := 0
	for i := range all.outcomes.values {
		if o := &all.outcomes.values[i]; o.host != name {
			n++
			if o.failed {
				failed++
			}
		}
	}
	return n, max(0.05, (float64(failed)+1)/(float64(n)+2))
}

// findSlowHosts finds hosts that take much longer than expected where their siblings do not.
func (s *Sentinel) findSlowHosts(report func(Alert)) {
	const (
		atLeast  = 8
		slower   = 2.2
		unlikely = 1e-4 // less is asked than elsewhere, since it must be much slower as well
	)
	for name, h := range s.hosts {
		if len(h.ratios.values) < atLeast || s.arches[h.arch] == nil {
			continue
		}
		var own, others []float64
		first := s.now
		for _, r := range h.ratios.values {
			own = append(own, r.log)
			if r.at.Before(first) {
				first = r.at
			}
		}
		// Everything takes longer when much is built, so only the same time is compared.
		for _, r := range s.arches[h.arch].ratios.values {
			if r.host != name && !r.at.Before(first) {
				others = append(others, r.log)
			}
		}
		if len(others) < atLeast {
			continue
		}
		apart := median(own) - median(others)
		k, chance := above(own, others)
		if apart < math.Log(slower) || tail(len(own), k, chance) > unlikely {
			continue
		}
		report(Alert{
			Subject: Subject{Host: name},
			Evidence: fmt.Sprintf("The last %d tasks on %s took %.1f times as long as on the other hosts of %s.",
				len(own), name, math.Exp(apart), h.arch),
			Remedy: fmt.Sprintf("Look at its load, memory and disks; `koji disable-host %s` until it is mended.", name),
		})
	}
}

// The signs of a host that is down or hangs.
const (
	// assignedFor is how long a host that works lets an assigned task wait: it looks every
	// 15 s (sleeptime), and after 5 minutes the hub takes the task back (assign_timeout).
	assignedFor = 3 * time.Minute
	// lostWithin is the time in which a host that is down loses all its tasks.
	lostWithin = 3 * time.Minute
	lostAtOnce = 3
	lostAnHour = 4
	// stuckTasks is how many tasks must hang at once: two do by chance now and then.
	stuckTasks = 3
)

// findSilentHosts finds hosts that do not do what they are given.
func (s *Sentinel) findSilentHosts(report func(Alert)) {
	works := map[string][]*task{}
	for _, t := range s.tasks {
		if t.host != "" {
			works[t.host] = append(works[t.host], t)
		}
	}
	for name, h := range s.hosts {
		tasks := works[name]
		slices.SortFunc(tasks, func(a, b *task) int { return cmp.Compare(a.ID, b.ID) })
		evidence := cmp.Or(s.deaf(name, tasks), s.stuck(name, h, tasks), s.loses(name, h))
		if evidence == "" {
			continue
		}
		report(Alert{
			Subject:  Subject{Host: name},
			Evidence: evidence,
			Remedy:   fmt.Sprintf("See whether kojid runs there (`koji hostinfo %s`: last update); `koji disable-host %s` until it is mended.", name, name),
			Tasks:    refs(tasks),
		})
	}
}

// deaf says that a host does not begin what is assigned to it.
func (s *Sentinel) deaf(name string, tasks []*task) string {
	for _, t := range tasks {
		if waits := s.now.Sub(t.since); t.state == koji.TaskAssigned && waits >= assignedFor {
			return fmt.Sprintf("%s %d was assigned to %s %s ago and has not begun.", t.Name, t.ID, name, span(waits))
		}
	}
	return ""
}

// stuck says that a host ends nothing of what it has begun.
func (s *Sentinel) stuck(name string, h *host, tasks []*task) string {
	late, first := 0, s.now
	for _, t := range tasks {
		if !t.works() {
			continue
		}
		if !t.isLate(s.now) {
			return ""
		}
		late++
		if was := t.since.Add(t.late); was.Before(first) {
			first = was
		}
	}
	if late < stuckTasks || h.ended.After(first) {
		return ""
	}
	return fmt.Sprintf("All %d tasks that run on %s have run for longer than 99 of 100 such tasks do, and none has ended there for %s.",
		late, name, span(s.now.Sub(later(h.ended, s.began))))
}

// loses says that the hub took tasks back from a host.
func (s *Sentinel) loses(name string, h *host) string {
	hour, most := 0, 0
	for _, at := range h.lost.values {
		if s.now.Sub(at) > time.Hour {
			continue
		}
		hour++
		n := 0
		for _, o := range h.lost.values {
			if gap := o.Sub(at); gap >= 0 && gap <= lostWithin {
				n++
			}
		}
		most = max(most, n)
	}
	if most < lostAtOnce && hour < lostAnHour {
		return ""
	}
	return fmt.Sprintf("Within an hour %d tasks were taken back from %s, %d of them at once.", hour, name, most)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
