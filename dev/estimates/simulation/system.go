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
	Task  *koji.Task  // nil: it is about a build. It is not to be kept.
	Build *koji.Build // complete
	Mass  bool        // it is of a mass rebuild
	// Of a task that has ended well: how long it would have run by the median of each of
	// its parts, with the waits as they were (0: one was begun again), and the longest
	// wait of an arch.
	Best, ArchWait time.Duration
}

// The builders' clocks.
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
	restart float64 // the chance of a run to lose its host
	perRepo int     // builds to a new repository
	builds  int     // so far
	average map[string]*mean
}

// New draws a system for a workload.
func New(seed uint64, w Workload, setup Setup) *System {
	r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // to be the same each time
	s := &System{
		workload: w, setup: setup, r: r, now: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), hosts: newHosts(r, &setup),
		active: map[int64]*task{}, average: map[string]*mean{}, restart: between(r, 0.0005, 0.005), perRepo: 3 + r.IntN(8),
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

// Snapshot is the hub's answer about its queue now.
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

// at has something done after a while.
func (s *System) at(after time.Duration, do func()) {
	s.seq++
	heap.Push(&s.eventQueue, entry{s.now.Add(after), s.seq, do})
}

// publish notes that a task is in a new state.
func (s *System) publish(t *task) {
	told := t.Task
	s.out = append(s.out, Notice{At: s.now, Task: &told, Mass: t.spec != nil && t.spec.Mass})
}

// schedule is a round of the hub's scheduler: by priority and age, each task goes to
// the host with the least on it.
func (s *System) schedule() {
	s.at(s.setup.Round, s.schedule)
	slices.SortFunc(s.free, func(a, b *task) int {
		return cmp.Or(cmp.Compare(a.Priority.Value, b.Priority.Value), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	var rest []*task
	for _, t := range s.free {
		var best *host
		for _, h := range s.hosts {
			if h.takes(t) && (best == nil || h.rank() < best.rank()) {
				best = h
			}
		}
		if best == nil {
			rest = append(rest, t)
			continue
		}
		s.assign(t, best)
	}
	s.free = rest
}

// entry is something to be done.
type entry struct {
	at  time.Time
	seq int64
	do  func()
}

// eventQueue has the next thing in front. It is a [heap.Interface].
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
