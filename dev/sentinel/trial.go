package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/internal/sentinel"
)

// trial is a sentinel that watches a build system.
type trial struct {
	system    *simulation.System
	estimator *estimates.Estimator
	sentinel  *sentinel.Sentinel
	checked   time.Time
	now       time.Time
	builds    int // that have ended
	mass      int // of a mass rebuild, of those
	alerts    []sentinel.Alert
	debug     bool
	score     *score
}

func newTrial(s *simulation.System, debug bool) *trial {
	t := &trial{system: s, estimator: estimates.New(estimates.Options{}), debug: debug, score: newScore()}
	t.sentinel = sentinel.New(sentinel.Options{Kinds: sentinel.Kinds(), Estimates: durations{t.estimator}, Logs: logs{t.estimator}})
	return t
}

// durations are those of the estimator.
type durations struct{ *estimates.Estimator }

// Duration implements sentinel.Estimates.
func (d durations) Duration(id int64, now time.Time) (likely, high time.Duration) {
	e, _ := d.Lookup(id, now)
	return e.Duration.Likely, e.Duration.High
}

// logs are those that the estimator has read.
type logs struct{ *estimates.Estimator }

// Silent implements sentinel.Logs.
func (l logs) Silent(id int64, _ time.Time) time.Duration { return l.LogSilence(id) }

// readLogs looks at the logs of running tasks as package live does.
func (t *trial) readLogs(now time.Time) {
	const atOnce = 50
	all := estimates.LogInterest{All: true, Task: func(int64) bool { return false }}
	for _, id := range t.estimator.LogsToRead(atOnce, all, now) {
		size, total, grew := t.system.LogSizes(id, now)
		t.estimator.ObserveLog(id, estimates.LogReading{Size: size, Total: total, Modified: grew}, now)
	}
}

// step takes one message. It reports whether a build has ended with it.
func (t *trial) step() bool {
	n := t.system.Next()
	for t.checked.IsZero() || n.At.Sub(t.checked) >= time.Minute {
		if t.checked.IsZero() {
			t.checked = n.At
		}
		t.checked = t.checked.Add(time.Minute)
		t.readLogs(t.checked)
		t.note(t.sentinel.Check(t.checked))
	}
	t.now = n.At
	if n.Task == nil {
		t.estimator.ObserveBuild(n.Build, n.At)
		return false
	}
	t.estimator.Observe(n.Task, n.At)
	t.sentinel.Observe(n.Task, n.At)
	if n.Task.Method != "build" || !n.Task.State.Final() {
		return false
	}
	t.builds++
	if n.Mass {
		t.mass++
	}
	return true
}

// note keeps the alerts that have begun.
func (t *trial) note(alerts []sentinel.Alert) {
	for _, a := range alerts {
		if a.Resolved || a.Subject.Task != 0 && t.system.Silent(a.Subject.Task) > 0 && a.Kind == sentinel.TaskOverdue {
			continue // such a task does hang, without our doing
		}
		t.alerts = append(t.alerts, a)
	}
}

// run goes on for so many builds.
func (t *trial) run(builds int) {
	for builds > 0 {
		if t.step() {
			builds--
		}
	}
}

// judge counts false alarms and faults that are found, once so many builds have shown what
// is usual.
func (t *trial) judge(warmup, quiet, rounds int) {
	t.run(warmup)
	t.alerts, t.builds, t.mass = nil, 0, 0
	t.run(quiet)
	t.score.builds, t.score.mass, t.score.falseAlarms = t.builds, t.mass, len(t.alerts)
	for _, a := range t.alerts {
		t.tell("false alarm: %s %+v: %s", a.Kind, a.Subject, a.Evidence)
	}
	for range rounds {
		for _, kind := range simulation.FaultKinds() {
			t.breakOnce(kind)
		}
	}
}

const (
	// showing is how long a fault has to become evident.
	showing = 24 * time.Hour
	// soon is how soon it must be found then.
	soon = 10 * time.Minute
	// after is the time for the consequences to pass.
	after = 4 * time.Hour
)

// breakOnce makes a fault and sees whether it is found.
func (t *trial) breakOnce(kind simulation.FaultKind) {
	t.until(t.now.Add(after), func() bool { return false })
	t.alerts = nil
	began := t.now
	f := t.system.Break(kind)
	found := func() bool {
		about := func(a sentinel.Alert) bool { return !a.Since.Before(began) && concerns(&a, f) }
		return slices.ContainsFunc(t.alerts, about) || slices.ContainsFunc(t.sentinel.Firing(), about)
	}
	t.until(began.Add(showing), func() bool { return found() || !f.Evident.IsZero() })
	if !f.Evident.IsZero() {
		t.until(f.Evident.Add(soon+time.Minute), found)
	}
	switch {
	case found():
		t.score.found[kind]++
		t.score.made[kind]++
	case !f.Evident.IsZero():
		t.score.made[kind]++
		t.tell("not found: %s %s %d, evident after %s: %+v", kind, f.Host+f.Arch+f.Target, f.Task, f.Evident.Sub(began), t.alerts)
	default:
		t.score.hidden[kind]++
	}
	f.Mend()
}

// until goes on to a point in time, or until something has come true.
func (t *trial) until(at time.Time, done func() bool) {
	for t.now.Before(at) && !done() {
		t.step()
	}
}

// concerns reports whether an alert is about a fault.
func concerns(a *sentinel.Alert, f *simulation.Fault) bool {
	s := &a.Subject
	switch {
	case f.Task != 0:
		return s.Task == f.Task
	case f.Host != "":
		return s.Host == f.Host || a.Host == f.Host
	case f.Arch != "":
		return s.Arch == f.Arch
	case f.Target != "":
		return s.Target == f.Target || s.Tag == f.Target
	}
	return false
}

func (t *trial) tell(format string, args ...any) {
	if t.debug {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}
