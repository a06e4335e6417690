package simulation

import (
	"cmp"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// FaultKind says what goes wrong with a system.
type FaultKind string

// The kinds of faults.
const (
	HangingTask   FaultKind = "a task hangs"
	RefusedTask   FaultKind = "no host takes a task"
	FragileTask   FaultKind = "a task takes its host down, again and again"
	DisabledArch  FaultKind = "all hosts of an arch are disabled"
	DeafHost      FaultKind = "a host begins nothing"
	HangingHost   FaultKind = "a host ends nothing"
	DeadHost      FaultKind = "a host is down"
	FailingHost   FaultKind = "everything fails on a host"
	SlowHost      FaultKind = "a host is three times slower"
	FailingTarget FaultKind = "everything fails for a target"
	FailingRepo   FaultKind = "the repository of a tag cannot be made"
)

// FaultKinds returns all kinds.
func FaultKinds() []FaultKind {
	return []FaultKind{
		HangingTask, RefusedTask, FragileTask, DisabledArch, DeafHost, HangingHost, DeadHost, FailingHost, SlowHost,
		FailingTarget, FailingRepo,
	}
}

// Fault is something that goes wrong with a system, until it is mended.
type Fault struct {
	Kind FaultKind
	// What it is about; the others are zero. The task is known once there is one.
	Task   int64
	Host   string
	Arch   string
	Target string
	// Evident is when one who knows how things should be could tell; zero before.
	Evident time.Time

	system *System
	over   bool
	gone   bool // the hub knows that the host is down
	count  int
	seen   map[string]bool
}

// Break begins a fault. Of what it is about is drawn, among what works.
func (s *System) Break(kind FaultKind) *Fault {
	f := &Fault{Kind: kind, system: s, seen: map[string]bool{}}
	switch kind {
	case DisabledArch:
		f.Arch = pick(s.r, Arches())
	case DeafHost, HangingHost, DeadHost, FailingHost, SlowHost:
		f.Host = s.busiest(kind == FailingHost || kind == SlowHost)
	}
	s.fault = f
	if kind == DeadHost {
		s.kill(f.Host)
	}
	return f
}

// kill ends a host: what runs there does not end, and goes back after a while.
func (s *System) kill(name string) {
	for _, t := range s.sorted() {
		if t.host == nil || t.host.Name != name || t.State != koji.TaskOpen {
			continue
		}
		t.stuck, t.silentFrom = true, s.now
		run := t.runs
		s.at(hostTimeout, func() { s.lose(t, run) })
	}
	died := s.fault
	s.at(hostTimeout, func() { died.gone = true })
}

// sorted returns the tasks that have not ended.
func (s *System) sorted() []*task {
	all := make([]*task, 0, len(s.active))
	for _, t := range s.active {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *task) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Mend ends the fault.
func (f *Fault) Mend() {
	f.over = true
	f.system.fault = nil
	for _, t := range f.system.sorted() {
		if t.stuck {
			t.stuck = false
			f.system.end(t, koji.TaskClosed)
		}
	}
}

// busiest returns the builder with the most tasks, as a fault of one without would not
// show; if so asked, of those that another one can be compared with.
func (s *System) busiest(compared bool) string {
	var best *host
	of := map[string]int{} // builders by arch
	for _, h := range s.hosts {
		if h.Channels[0] == builders {
			of[h.Arches[0]]++
		}
	}
	for _, h := range s.hosts {
		if h.Channels[0] == builders && (!compared || of[h.Arches[0]] > 1) && (best == nil || h.tasks > best.tasks) {
			best = h
		}
	}
	if best == nil {
		return ""
	}
	return best.Name
}

// Silent returns for how long the log of a task has not grown.
func (s *System) Silent(id int64) time.Duration {
	t := s.active[id]
	if t == nil || t.silentFrom.IsZero() || s.now.Before(t.silentFrom) {
		return 0
	}
	return s.now.Sub(t.silentFrom)
}

// is reports whether the fault is of a kind and goes on.
func (f *Fault) is(kind FaultKind) bool { return f != nil && !f.over && f.Kind == kind }

// evident notes that the fault can be told from a time on.
func (f *Fault) evident(at time.Time) {
	if f.Evident.IsZero() {
		f.Evident = at
	}
}

// seenTimes counts different things that show the fault.
func (f *Fault) seenTimes(what string, enough int, at time.Time) {
	if f.seen[what] = true; len(f.seen) >= enough {
		f.evident(at)
	}
}

// refuses reports whether the scheduler passes a task over.
func (f *Fault) refuses(t *task) bool {
	if f.is(RefusedTask) && f.Task == 0 && t.Method == "buildArch" {
		f.Task = t.ID
	}
	return f.is(RefusedTask) && f.Task == t.ID
}

// disables reports whether a host is given nothing.
func (f *Fault) disables(h *host) bool {
	return f.is(DisabledArch) && slices.Contains(h.Arches, f.Arch) || f.is(DeadHost) && f.gone && h.Name == f.Host
}

// deafens reports whether a host does not begin what it was given.
func (f *Fault) deafens(h *host) bool {
	return (f.is(DeafHost) || f.is(DeadHost)) && h.Name == f.Host
}

// lost notes that the hub takes a task back that has begun.
func (f *Fault) lost(t *task, now time.Time) {
	if f.is(DeadHost) && t.host.Name == f.Host {
		if f.count++; f.count == 3 {
			f.evident(now)
		}
	}
}

// unheard notes that a host does not begin a task, which the hub takes back after a while.
//
// Source: assign_timeout in kojihub/scheduler.py.
func (f *Fault) unheard(s *System, t *task) {
	f.evident(s.now.Add(3 * time.Minute))
	s.at(5*time.Minute, func() {
		if t.State == koji.TaskAssigned {
			s.giveBack(t)
		}
	})
}

// overtaken notes that a task was started although another waits.
func (f *Fault) overtaken(waits, started *task, now time.Time) {
	if waits.Arch == started.Arch && waits.Channel == started.Channel && now.Sub(waits.Created) > 2*time.Minute {
		if f.count++; f.count == 5 {
			f.evident(now)
		}
	}
}

// watch notes what can be told by the clock alone.
func (f *Fault) watch(s *System) {
	switch {
	case f == nil || f.over || !f.Evident.IsZero():
	case f.Kind == DisabledArch:
		f.watchArch(s)
	case f.Kind == HangingHost:
		f.watchHost(s)
	}
}

// watchArch waits until tasks wait and nothing is done for them.
func (f *Fault) watchArch(s *System) {
	for _, t := range s.active {
		if t.host != nil && f.disables(t.host) && (t.State == koji.TaskAssigned || t.State == koji.TaskOpen && t.opened == nil) {
			return // one still works
		}
	}
	for _, t := range s.free {
		if t.Arch == f.Arch && s.now.Sub(t.Created) >= 5*time.Minute {
			f.evident(s.now)
		}
	}
}

// watchHost waits until some tasks have run for longer than nearly all do, and no other
// one runs.
func (f *Fault) watchHost(s *System) {
	n := 0
	for _, t := range s.active {
		if t.host == nil || t.host.Name != f.Host || t.State != koji.TaskOpen || t.opened != nil {
			continue
		}
		if n++; s.now.Sub(t.Started) < patience*t.median {
			return
		}
	}
	if n >= 3 {
		f.evident(s.now)
	}
}

// patience is how many times the usual duration nearly all tasks end within.
const patience = 3

// atOpen applies the fault to a task that its host begins. It reports whether the run ends
// by itself.
func (f *Fault) atOpen(s *System, t *task, took, median time.Duration) (time.Duration, bool) {
	switch {
	case f.is(HangingTask) && f.Task == 0 && t.Method == "buildArch":
		f.Task, t.stuck = t.ID, true
		t.silentFrom = s.now.Add(time.Duration(s.r.Float64() * float64(median)))
		f.evident(later(s.now.Add(patience*median), t.silentFrom.Add(10*time.Minute)))
		return took, false
	case f.is(FragileTask) && (f.Task == 0 && t.Method == "buildArch" || f.Task == t.ID):
		f.Task = t.ID
		run := t.runs
		s.at(5*time.Minute, func() {
			s.lose(t, run)
			if f.count++; f.count == 3 {
				f.evident(s.now)
			}
		})
		return took, false
	case f.is(HangingHost) && t.host.Name == f.Host:
		t.stuck = true
		t.silentFrom = s.now
		return took, false
	case f.is(SlowHost) && t.host.Name == f.Host:
		return 3 * took, true
	}
	return took, true
}

// atEnd applies the fault to a task that ends, and returns how.
func (f *Fault) atEnd(s *System, t *task, state koji.TaskState) koji.TaskState {
	switch {
	case f == nil || f.over || state != koji.TaskClosed:
	case f.is(FailingHost) && t.host != nil && t.host.Name == f.Host && t.Method == "buildArch":
		if t.Arch != "noarch" {
			f.seenTimes(t.spec.Package, 7, s.now)
		}
		return koji.TaskFailed
	case f.is(SlowHost) && t.host != nil && t.host.Name == f.Host && t.Method == "buildArch" && t.Arch != "noarch":
		if f.count++; f.count == 9 {
			f.evident(s.now)
		}
	case f.is(FailingTarget) && t.Method == "buildArch" && !t.spec.Scratch:
		if f.Target == "" {
			f.Target = t.spec.Target
		}
		if t.spec.Target == f.Target {
			f.seenTimes(t.spec.Package, 9, s.now)
			return koji.TaskFailed
		}
	case f.is(FailingRepo) && t.Method == "newRepo":
		if f.Target == "" {
			f.Target = t.Request.Tag.Name
		}
		if t.Request.Tag.Name == f.Target {
			if f.count++; f.count == 3 {
				f.evident(s.now)
			}
			return koji.TaskFailed
		}
	}
	return state
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
