package queue

import (
	"strconv"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// The bounds of a model. Beyond them new tasks and hosts are not taken in.
const (
	maxTasks = 50_000
	maxHosts = 10_000
	// maxEnded is how many ended tasks are remembered, so that a late message
	// does not bring them back.
	maxEnded = 20_000
)

// fresh is how long a schedule stays valid, if not too much happens: nothing on the hub
// moves faster than its scheduler.
const fresh = round / 2

// Runs predicts how long a task will run from its start. 0 is unknown.
type Runs interface {
	Run(t *koji.Task) time.Duration
}

// Model holds the hosts and tasks of a hub. It is safe for concurrent use.
type Model struct {
	runs    Runs
	parents Parents // nil: nobody tells of children to come

	mu       sync.Mutex
	told     bool // a hub has told of its hosts
	hosts    map[int64]*host
	channels map[int64]string // names, where known
	disabled map[int64]bool   // channels that take nothing
	entries  map[int64]*entry
	waiting  ranked[*entry]          // those that are FREE
	futures  ranked[*futureChildren] // children to come
	order    *order                  // nil: none yet
	groups   []*group                // of the ready hosts

	groupsVersion uint64 // of the hosts when the groups were made
	stands        uint64 // looks for tasks that wait for long
	ended         endedSet
	observed      observedTime
	holds         holds
	changes       uint64 // of tasks
	bins          map[binKey]*bin
	version       uint64 // of the hosts
}

// New returns an empty model. runs predicts the durations of its tasks; with nil they are
// unknown.
func New(runs Runs) *Model {
	parents, _ := runs.(Parents)
	return &Model{
		runs: runs, parents: parents, hosts: map[int64]*host{}, channels: map[int64]string{}, entries: map[int64]*entry{},
		bins: map[binKey]*bin{}, holds: holds{}, version: 1,
	}
}

// Snapshot is a hub's answer about its hosts and of the tasks that have not ended.
type Snapshot struct {
	At       time.Time
	Hosts    []Host
	Channels []koji.Channel
	Tasks    []koji.Task
	// Partial reports that the hub has more tasks than these.
	Partial bool
}

// Load replaces the contents of the model by a snapshot. Tasks that have ended since the
// snapshot stay ended.
func (m *Model) Load(s *Snapshot) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told = true
	for _, b := range m.bins {
		b.free = 0
	}
	m.entries, m.waiting, m.futures = map[int64]*entry{}, ranked[*entry]{}, ranked[*futureChildren]{}
	before := m.hosts
	m.hosts = map[int64]*host{}
	m.disabled = map[int64]bool{}
	for _, c := range s.Channels {
		m.nameChannel(c.Ref())
		m.disabled[c.ID] = c.Enabled.Known && !c.Enabled.Value
	}
	for i := range s.Hosts[:min(len(s.Hosts), maxHosts)] {
		h := newHost(s.Hosts[i].ID)
		h.set(&s.Hosts[i])
		if old := before[h.id]; old != nil {
			h.shared = old.shared
		}
		m.hosts[h.id] = h
	}
	m.newHosts()
	for i := range s.Tasks {
		m.observe(&s.Tasks[i], s.At)
	}
	for i := range s.Tasks { // a child may be named before its parent
		m.dropFutureOfParent(&s.Tasks[i])
	}
}

// Observe updates a task from a message. Messages may arrive twice and out of order.
func (m *Model) Observe(t *koji.Task, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.observed.see(at)
	m.observe(t, at)
}

func (m *Model) observe(t *koji.Task, at time.Time) {
	old := m.entries[t.ID]
	switch {
	case t.ID == 0 || t.State == koji.TaskUnknown:
	case t.State.Final():
		if old != nil && !m.ended.has(t.ID) {
			m.used(t, old)
		}
		m.ended.add(t.ID)
		m.dropFuture(old)
		m.remove(t.ID, old)
	case m.ended.has(t.ID), old != nil && stale(old, t):
	case old == nil && len(m.entries) >= maxTasks:
	default:
		m.remove(t.ID, old)
		m.add(t, at, old)
	}
}

// Forget removes a task of which no end was seen. A later message brings it back.
func (m *Model) Forget(id int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.entries[id]
	m.dropFuture(e)
	m.remove(id, e)
}

// stale reports whether a message was overtaken by one of a later state. A task
// that goes back to FREE keeps the time of its start.
func stale(old *entry, t *koji.Task) bool {
	if old.state == koji.TaskOpen && t.State != koji.TaskOpen {
		return t.Started.IsZero() && old.started != 0
	}
	return old.state == koji.TaskAssigned && t.State == koji.TaskFree && t.Host.ID != 0
}

func (m *Model) add(t *koji.Task, at time.Time, old *entry) {
	e := &entry{
		rank: rankOf(t), bin: m.binOf(keyOf(t)), state: t.State,
		waiting: t.Waiting.Known && t.Waiting.Value, host: t.Host.ID, since: freeSince(t, at, old),
	}
	if t.Weight.Known {
		e.weight = float32(t.Weight.Value)
	}
	if t.State == koji.TaskOpen {
		e.started = t.Started.UnixNano()
		if t.Started.IsZero() {
			e.started = at.UnixNano()
		}
	}
	if old != nil {
		e.run = old.run
		if p := old.futureChildren; p != nil {
			m.dropFuture(old)
			m.rankFuture(*p, t, e)
		}
	} else {
		if m.runs != nil {
			e.run = m.runs.Run(t)
		}
		m.expectChildren(t, e, at)
		m.dropFutureOfParent(t)
	}
	if e.run <= 0 {
		e.run = runByWeight(t)
	}
	e.hold, e.opened = m.hold(t.Method, e.run, at), float32(weightOf(t.Method, e.run))
	m.nameChannel(t.Channel)
	m.entries[t.ID] = e
	m.changes++
	if t.State == koji.TaskFree {
		m.waiting.add(e)
		e.bin.free++
		return
	}
	m.placeOnHost(e, at, old == nil || old.state == koji.TaskFree)
}

// placeOnHost adds a task to its host, which may be one that the hub has not named.
func (m *Model) placeOnHost(e *entry, at time.Time, given bool) {
	h := m.hosts[e.host]
	if h == nil {
		if e.host == 0 || m.told || len(m.hosts) >= maxHosts {
			return
		}
		h = newHost(e.host)
		h.learnt = true
		m.hosts[e.host] = h
	}
	if h.learnt && given && h.took(at) {
		m.newHosts()
	}
	if given && len(m.groupsOf(e.bin)) > 1 {
		h.shared.add(e.hold.Seconds(), at)
	}
	h.add(e)
	h.seen.changed = at
	if h.learnt && h.learn(e.bin.channel, e.bin.arch) {
		m.newHosts()
	}
}

func (m *Model) remove(id int64, e *entry) {
	if e == nil {
		return
	}
	delete(m.entries, id)
	m.changes++
	if e.state == koji.TaskFree {
		e.gone = true
		e.bin.free--
		m.waiting.drop()
		return
	}
	if h := m.hosts[e.host]; h != nil {
		h.remove(id, m.observed.newest)
	}
}

// newHosts has what was made of the hosts before be made anew.
func (m *Model) newHosts() { m.version++ }

// schedules returns the schedules of the groups that take a bin, new ones when the order
// is.
func (m *Model) schedules(b *bin, now time.Time) []*group {
	if !m.order.current(m, now) {
		m.order = m.newOrder(now)
	}
	groups := m.groupsOf(b)
	for _, g := range groups {
		if g.schedule == nil || g.schedule.order != m.order {
			g.schedule = m.newSchedule(g, m.order, now)
		}
	}
	return groups
}

// crowd is how many tasks of a bin may wait where none has to.
const crowd = 2

// Idle reports whether so few tasks wait for the hosts of a new task that it only waits for
// the scheduler's next round.
func (m *Model) Idle(t *koji.Task) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.binOf(keyOf(t)).free < crowd
}

// maxBins bounds how many bins are remembered: tasks may name any.
const maxBins = 500

// binOf is the bin of a key. Tasks keep theirs when it is forgotten here.
func (m *Model) binOf(key binKey) *bin {
	b := m.bins[key]
	if b != nil {
		return b
	}
	if len(m.bins) >= maxBins {
		clear(m.bins)
	}
	b = &bin{binKey: key, demand: demand{}}
	m.bins[key] = b
	return b
}

// maxChannels bounds how many names of channels are remembered.
const maxChannels = 10_000

func (m *Model) nameChannel(c koji.Ref) {
	if c.ID != 0 && c.Name != "" && len(m.channels) < maxChannels {
		m.channels[c.ID] = c.Name
	}
}

func (m *Model) channelName(id int64) string {
	if name := m.channels[id]; name != "" {
		return name
	}
	return strconv.FormatInt(id, 10)
}
