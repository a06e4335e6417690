package simulation

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// task is a task that has not ended.
type task struct {
	koji.Task
	spec   *BuildSpec // nil for a repository
	host   *host
	weight float64 // on its host
	runs   int     // how often it was started
	fails  bool    // it will fail
	done   func(*task)
	opened func(*task)

	took, median time.Duration // of its last run
	children     []*task

	stuck      bool      // a fault keeps it from ending
	silentFrom time.Time // its log stands still from then on; zero: it grows until the end
	log        log
}

// submit starts a build, and sometimes a new repository.
func (s *System) submit(mass bool) {
	j := s.workload.Next(mass)
	gap, next := s.pace.next(s.now)
	s.at(gap, func() { s.submit(next) })
	s.build(&j)
	if s.builds++; s.builds%s.perRepo == 0 {
		s.newRepo(j.Target + "-build")
	}
}

// add creates a task that waits for a host.
func (s *System) add(t *task) {
	s.lastID++
	t.ID, t.State, t.Created = s.lastID, koji.TaskFree, s.now
	if t.Channel.ID == 0 {
		t.Channel = koji.Ref{ID: builders, Name: "default"}
	}
	s.active[t.ID] = t
	s.free = append(s.free, t)
	s.publish(t)
}

// carry changes the weight of a task on its host.
func (t *task) carry(weight float64) {
	t.host.load += weight - t.weight
	t.weight = weight
}

// assign assigns a task to a host, which starts it when it polls.
func (s *System) assign(t *task, h *host) {
	t.State, t.Host, t.host = koji.TaskAssigned, h.Ref(), h
	h.tasks++
	t.carry(1)
	s.publish(t)
	s.at(time.Duration(s.r.Float64()*float64(poll)), func() { s.open(t) })
}

// open starts a task. Its host may die before the end of the run.
func (s *System) open(t *task) {
	if t.State != koji.TaskAssigned {
		return // it was canceled
	}
	if s.fault.deafens(t.host) {
		s.fault.unheard(s, t)
		return
	}
	t.State, t.Started, t.silentFrom = koji.TaskOpen, s.now, time.Time{}
	t.runs++
	t.carry(s.weight(t))
	t.Weight = koji.Some(t.weight)
	s.publish(t)
	if t.opened != nil { // it waits for children
		t.Waiting = koji.Some(true)
		if s.setup.Asleep {
			t.carry(0)
		}
		if t.runs == 1 {
			t.opened(t)
		}
		return
	}
	run := t.runs
	took, median := s.workload.Run(&Run{
		Method: t.Method, Arch: t.Request.Arch, BuildSpec: t.spec, Speed: t.host.speed,
		Busy: min(1, (t.host.load-t.weight)/t.host.Capacity.Value),
	}, s.now)
	took, ends := s.fault.atOpen(s, t, took, median)
	t.took, t.median = took, median
	t.log = s.logs.of(t)
	s.tellAlong(t)
	if !ends {
		return
	}
	if took > patience*median+time.Hour {
		t.silentFrom, t.log.grows = s.now.Add(median), median // it hangs by itself
	}
	if s.r.Float64() < s.restart {
		lost := time.Duration(s.r.Float64() * float64(took))
		t.silentFrom = s.now.Add(lost) // its host has died
		s.at(lost+hostTimeout, func() { s.lose(t, run) })
		return
	}
	s.at(took, func() {
		if t.runs == run && t.State == koji.TaskOpen && !t.stuck {
			s.end(t, koji.TaskClosed)
		}
	})
}

// lose frees a task whose host has died.
func (s *System) lose(t *task, run int) {
	if t.runs != run || t.State != koji.TaskOpen {
		return
	}
	s.fault.lost(t, s.now)
	s.giveBack(t)
}

// giveBack has a task wait again.
func (s *System) giveBack(t *task) {
	t.stuck, t.silentFrom = false, time.Time{}
	s.leave(t)
	t.State, t.Host, t.Weight = koji.TaskFree, koji.Ref{}, koji.Some(1.0)
	s.free = append(s.free, t)
	s.publish(t)
}

func (s *System) leave(t *task) {
	if t.host != nil {
		t.carry(0)
		t.host.tasks--
		t.host = nil
	}
}

// end ends a task, successfully or not.
func (s *System) end(t *task, state koji.TaskState) {
	if t.fails && state == koji.TaskClosed {
		state = koji.TaskFailed
	}
	state = s.fault.atEnd(s, t, state)
	s.leave(t)
	t.State, t.Ended = state, s.now
	delete(s.active, t.ID)
	s.logs.end(t)
	s.publish(t)
	s.out[len(s.out)-1].Best, s.out[len(s.out)-1].ArchWait = t.best(), t.archWait()
	if t.done != nil {
		t.done(t)
	}
}

// cancel cancels a task in any state.
func (s *System) cancel(t *task) {
	if t.State.Final() {
		return
	}
	for i, f := range s.free {
		if f == t {
			s.free = append(s.free[:i], s.free[i+1:]...)
			break
		}
	}
	t.done = nil
	s.end(t, koji.TaskCanceled)
}
