package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/koji"
)

// end takes in that a task has ended: it may teach, and it goes unless its parent still
// needs it.
func (e *Estimator) end(f *trackedTask, at time.Time, teaches bool) {
	if f.run.Method != "" {
		if teaches {
			e.teach(f, at)
		}
		if f.restarted {
			e.markRestarted(f.parent)
		}
	}
	delete(e.tasks, f.id)
	e.ended.put(f.id, f.estimates)
}

// teach learns from a task that has ended.
func (e *Estimator) teach(f *trackedTask, at time.Time) {
	switch f.state {
	case koji.TaskClosed:
		e.compare(f)
		e.learnWaits(f, at)
		e.learnWidths(f)
		e.learn(f, at)
		e.keepUnread(f)
	case koji.TaskCanceled:
		e.learnAtLeast(f, at)
	}
}

func (e *Estimator) markRestarted(parent int64) {
	if p := e.tasks[parent]; p != nil {
		p.restarted = true
	}
}

// learn teaches the history how long the task took.
func (e *Estimator) learn(f *trackedTask, at time.Time) {
	took := f.took()
	if f.restarted || took <= 0 {
		return
	}
	if f.run.Method != "build" {
		e.past.Learn(&f.run, took, at)
		return
	}
	p := partsOf(f)
	e.past.Learn(&f.run, p.work(took), at)
	if s := f.estimates.running; s != nil && s.wait > longWait {
		e.past.LearnWait(archesKind(&f.record), s.wait, max(p.archesWait, time.Second))
	}
	if len(p.arches) > 0 {
		e.past.LearnArches(&f.run, p.arches)
		tail := remainderOf(&f.run, forecast.Arches)
		e.past.Learn(&tail, timeOf(f.done).Sub(p.archesEnd), at)
	}
	if p.source && len(p.arches) > 0 {
		rest := remainderOf(&f.run, forecast.Source)
		e.past.Learn(&rest, timeOf(f.done).Sub(p.sourceEnd)-p.archesWait-p.tagWait, at)
	}
}

// learnAtLeast teaches that the task would have taken at least as long as it ran until it was
// canceled. Of a build that is told by its parts: how long it waited for those that did not end
// is not known.
func (e *Estimator) learnAtLeast(f *trackedTask, at time.Time) {
	if took := f.took(); took > 0 && !f.restarted && f.run.Method != "build" {
		e.past.LearnAtLeast(&f.run, took, at)
	}
}

// remainderOf describes the rest of a build after a phase as a run.
func remainderOf(r *history.Run, after forecast.Phase) history.Run {
	rest := *r
	rest.Method = "build, source done"
	if after == forecast.Arches {
		rest.Method = "build, arches done"
	}
	return rest
}

// parts splits the time of a build task by phase.
type parts struct {
	source     bool // it had a source phase
	sourceEnd  time.Time
	arches     []string
	archesEnd  time.Time
	sourceWait time.Duration // for hosts
	archesWait time.Duration // by how much longer the arches took than the slowest of them
	tagWait    time.Duration
}

func partsOf(f *trackedTask) parts {
	var p parts
	var begin time.Time
	var slowest time.Duration
	for _, c := range f.children {
		took := c.took()
		if c.state != koji.TaskClosed || took == 0 {
			continue
		}
		created, started, ended := timeOf(c.created), timeOf(c.started), timeOf(c.done)
		wait := max(0, started.Sub(created))
		switch forecast.PhaseOfMethod(c.run.Method) {
		case forecast.Source:
			p.source, p.sourceEnd = true, later(p.sourceEnd, ended)
			p.sourceWait += wait
		case forecast.Arches:
			p.arches = append(p.arches, c.run.Arch)
			p.archesEnd, slowest = later(p.archesEnd, ended), max(slowest, took)
			if begin.IsZero() || created.Before(begin) {
				begin = created
			}
		case forecast.Tagging:
			p.tagWait += wait
		}
	}
	if len(p.arches) > 0 {
		p.archesWait = max(0, p.archesEnd.Sub(begin)-slowest)
	}
	return p
}

// work is the time of a build but for the waits.
func (p *parts) work(took time.Duration) time.Duration {
	if work := took - p.sourceWait - p.archesWait - p.tagWait; work > 0 {
		return work
	}
	return took
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
