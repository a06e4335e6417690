package sentinel

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// queue is where tasks wait for the hosts of a channel and an arch.
type queue struct {
	heard  time.Time
	starts ring[start] // the last ones
}

// start is the start of a task.
type start struct {
	at       time.Time
	id       int64
	priority int64
	created  time.Time
}

const lastStarts = 64

// queue returns a queue, which it makes if there is none.
func (s *Sentinel) queue(key queueKey, at time.Time) *queue {
	return known(s.queues, key, maxQueues, at, func(q *queue) *time.Time { return &q.heard })
}

func (q *queue) started(t *task, at time.Time) {
	q.starts.add(start{at, t.ID, t.priority, t.created}, lastStarts)
}

// overtaken returns how many tasks have started that should have started after a task.
func (q *queue) overtaken(t *task) int {
	n := 0
	for i := range q.starts.values {
		// A task that came just before may not have been in the scheduler's round.
		if o := &q.starts.values[i]; o.at.Sub(t.since) > overtakeGrace && t.before(o.priority, o.created) {
			n++
		}
	}
	return n
}

const (
	// overtakeGrace is longer than a round of the hub's scheduler takes.
	overtakeGrace = 2 * time.Minute
	// passedOver is how many starts before a task are no coincidence: hosts may have
	// refused it.
	passedOver = 5
	// patience is how long tasks wait in any case before something is said.
	patience = 5 * time.Minute
)

// findWaiting finds tasks that are passed over.
func (s *Sentinel) findWaiting(report func(Alert)) {
	for id, t := range s.tasks {
		if t.state != koji.TaskFree || s.now.Sub(t.since) < patience {
			continue
		}
		q := s.queues[t.queue]
		if q == nil {
			continue
		}
		n := q.overtaken(t)
		if n < passedOver {
			continue
		}
		report(Alert{
			Subject: Subject{Task: id},
			Evidence: fmt.Sprintf("%s %d of %s has waited for %s, while %d tasks that came after it have started in channel %s on %s.",
				t.Name, id, cmp.Or(t.pkg, "no package"), span(s.now.Sub(t.since)), n, t.queue.channel, t.queue.arch),
			Remedy: fmt.Sprintf("See why hosts refuse it: `koji scheduler-logs --task %d` (Koji 1.34 and later), and the builders' disk space.", id),
			Tasks:  []koji.Ref{t.Ref},
		})
	}
}

// findStalled finds queues in which tasks wait and for which no host works.
func (s *Sentinel) findStalled(report func(Alert)) {
	waiting := map[queueKey][]*task{}
	for _, t := range s.tasks {
		if t.state == koji.TaskFree && s.now.Sub(t.since) >= patience {
			waiting[t.queue] = append(waiting[t.queue], t)
		}
	}
	busy := s.busyHosts()
	for key, tasks := range waiting {
		known, idle := 0, true
		for name, h := range s.hosts {
			if h.takes(key) {
				known++
				idle = idle && busy[name].working == 0 && !h.full(busy[name].all)
			}
		}
		if known == 0 && s.now.Sub(s.began) < time.Hour || !idle {
			continue
		}
		slices.SortFunc(tasks, func(a, b *task) int { return cmp.Compare(a.ID, b.ID) })
		evidence := fmt.Sprintf("%d tasks wait in channel %s for %s, the first for %s, ", len(tasks), key.channel, key.arch, span(s.now.Sub(oldest(tasks))))
		if known == 0 {
			evidence += "and no host was seen to take such tasks."
		} else {
			evidence += fmt.Sprintf("and none of the %d hosts that take such tasks works on anything.", known)
		}
		report(Alert{
			Subject: Subject{Channel: key.channel, Arch: key.arch}, Evidence: evidence,
			Remedy: fmt.Sprintf("See whether its hosts are enabled and check in: `koji list-hosts --channel=%s --arch=%s`.", key.channel, key.arch),
			Tasks:  refs(tasks),
		})
	}
}

// load is how many tasks are on a host, and how many of them do not only wait for their
// children.
type load struct{ all, working int }

// busyHosts returns the load of each host that has any.
func (s *Sentinel) busyHosts() map[string]load {
	busy := map[string]load{}
	for _, t := range s.tasks {
		if t.host == "" {
			continue
		}
		l := busy[t.host]
		l.all++
		if t.works() || t.state == koji.TaskAssigned {
			l.working++
		}
		busy[t.host] = l
	}
	for name, l := range busy {
		if h := s.hosts[name]; h != nil {
			h.most = max(h.most, l.all)
		}
	}
	return busy
}

// full reports whether a host has about as many tasks as it ever had: parents that wait
// for their children take places, too (maxjobs).
func (h *host) full(tasks int) bool { return tasks > 1 && tasks >= h.most-1 }

func oldest(tasks []*task) time.Time {
	first := tasks[0].since
	for _, t := range tasks {
		if t.since.Before(first) {
			first = t.since
		}
	}
	return first
}

// maxRefs bounds how many tasks an alert names.
const maxRefs = 10

func refs(tasks []*task) []koji.Ref {
	all := make([]koji.Ref, 0, min(len(tasks), maxRefs))
	for _, t := range tasks[:min(len(tasks), maxRefs)] {
		all = append(all, t.Ref)
	}
	return all
}
