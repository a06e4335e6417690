package simulation

import (
	"cmp"
	"container/heap"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Notice is a message of the hub: a task in a new state, or a build that is complete.
type Notice struct {
	At    time.Time
	Task  *koji.Task  // nil if it is about a build. Do not keep it.
	Build *koji.Build // complete
	Mass  bool        // it belongs to a mass rebuild
	// For a successful task: how long it would have run with the median durations of its
	// parts and the actual waits (0 if a part was restarted), and the longest wait of an
	// arch.
	Best, ArchWait time.Duration
	// Along is the share of its time that a task has run by now, if this is no message of the
	// hub; see [System.TellAlong].
	Along float64
}

// The intervals of scheduler and builders.
//
// Source: kojihub/scheduler.py, koji/daemon.py.
const (
	poll        = 15 * time.Second
	hostTimeout = 15 * time.Minute
)

// System is a build system.
type System struct {
	workload   Workload
	setup      Setup
	r          *rand.Rand
	now        time.Time
	eventQueue eventQueue
	hosts      []*host
	free       []*task
	active     map[int64]*task // that have not ended
	lastID     int64
	seq        int64
	out        []Notice

	pace    pace
	restart float64 // the probability that a run loses its host
	perRepo int     // builds per new repository
	builds  int     // so far
	fault   *Fault  // nil: all works
	average map[string]*mean
	logs    *logs
	along   []float64
}

// New returns a random system for a workload.
func New(seed uint64, w Workload, setup Setup) *System {
	r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // to be the same each time
	s := &System{
		workload: w, setup: setup, r: r, now: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), hosts: newHosts(r, &setup),
		active: map[int64]*task{}, average: map[string]*mean{}, restart: between(r, 0.0005, 0.005), perRepo: 3 + r.IntN(8),
		logs: newLogs(seed),
	}
	s.pace = newPace(r, s.most(), &setup)
	s.at(0, func() { s.submit(false) })
	s.at(s.setup.Round, s.schedule)
	return s
}

// Next returns the hub's next message. There is always one more.
func (s *System) Next() Notice {
	for len(s.out) == 0 {
		e := heap.Pop(&s.eventQueue).(entry)
		s.now = e.at
		e.do()
	}
	n := s.out[0]
	s.out = s.out[1:]
	return n
}

// Snapshot returns the hub's current queue.
func (s *System) Snapshot() *queue.Snapshot {
	snap := &queue.Snapshot{At: s.now, Channels: []koji.Channel{{ID: builders, Name: "default"}, {ID: repos, Name: "createrepo"}}}
	for _, h := range s.hosts {
		snap.Hosts = append(snap.Hosts, h.Host)
	}
	for _, t := range s.active {
		snap.Tasks = append(snap.Tasks, t.Task)
	}
	slices.SortFunc(snap.Tasks, func(a, b koji.Task) int { return cmp.Compare(a.ID, b.ID) })
	return snap
}

// at schedules a call after a delay.
func (s *System) at(after time.Duration, do func()) {
	s.seq++
	heap.Push(&s.eventQueue, entry{s.now.Add(after), s.seq, do})
}

// publish adds a message about the new state of a task.
func (s *System) publish(t *task) {
	told := t.Task
	s.out = append(s.out, Notice{At: s.now, Task: &told, Mass: t.spec != nil && t.spec.Mass})
}

// schedule runs a round of the hub's scheduler: by priority and age, it assigns each task to
// the host with the least load.
func (s *System) schedule() {
	s.at(s.setup.Round, s.schedule)
	slices.SortFunc(s.free, func(a, b *task) int {
		return cmp.Or(cmp.Compare(a.Priority.Value, b.Priority.Value), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	s.fault.watch(s)
	var rest []*task
	var refused *task
	for _, t := range s.free {
		if s.fault.refuses(t) {
			rest, refused = append(rest, t), t
			continue
		}
		var best *host
		for _, h := range s.hosts {
			if h.takes(t) && !s.fault.disables(h) && (best == nil || h.rank() < best.rank()) {
				best = h
			}
		}
		if best == nil {
			rest = append(rest, t)
			continue
		}
		s.assign(t, best)
		if refused != nil {
			s.fault.overtaken(refused, t, s.now)
		}
	}
	s.free = rest
}

// entry is a scheduled call.
type entry struct {
	at  time.Time
	seq int64
	do  func()
}

// eventQueue has the next call first. It is a [heap.Interface].
type eventQueue []entry

func (a eventQueue) Len() int      { return len(a) }
func (a eventQueue) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a eventQueue) Less(i, j int) bool {
	return cmp.Or(a[i].at.Compare(a[j].at), cmp.Compare(a[i].seq, a[j].seq)) < 0
}
func (a *eventQueue) Push(x any) { *a = append(*a, x.(entry)) }
func (a *eventQueue) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}
