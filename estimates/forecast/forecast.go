package forecast

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Queue tells when a task that waits will start. [queue.Model] is one.
type Queue interface {
	Expect(t *koji.Task, now time.Time) (queue.Start, bool)
}

// Past tells what is to be expected from earlier runs.
type Past interface {
	// Run is how long a task runs, from its start. parent is nil for one without.
	Run(t, parent *koji.Task) Spread
	// Remainder is how long a build goes on after its source is there, or after its last
	// arch is done.
	Remainder(build *koji.Task, after Phase) Spread
}

// Node is a task, its children, and what is expected of it.
type Node struct {
	Task     koji.Task
	Children []*Node
	Log      Log    // of the task while it runs
	ByLog    Spread // how long it runs from its start, going by the log alone
	Estimate Estimate
}

// Estimate is when a task will start and be done.
type Estimate struct {
	// StartsAt is when a task that waits will start; zero if it has started, or if
	// nothing is known.
	StartsAt time.Time
	// CompletionAt, Low and High are when it will be done, most likely and in four
	// cases of five; zero if nothing is known. They are never in the past. Of a task
	// that has ended all three are its end.
	CompletionAt, Low, High time.Time
	// Duration is the time from its start to its end.
	Duration Spread
	// Overdue says that it has run longer than was to be expected at its start.
	Overdue bool
	// Phase says in words what a build is at.
	Phase string
	// Reason says what the task waits for.
	Reason queue.Reason
	// Ahead is how many tasks in the queue go first.
	Ahead int
	// Log is how far the task's log is.
	Log Log
}

// Known reports whether there is a time.
func (e *Estimate) Known() bool { return !e.CompletionAt.IsZero() }

// Forecaster makes estimates. Queue may be nil.
type Forecaster struct {
	Past  Past
	Queue Queue
	Now   time.Time
	// OnlyEnds leaves out when something starts of which nobody knows how long it runs.
	OnlyEnds bool
}

// Forecast fills in the estimates of a task and of those below it. parent is the
// task above it; nil if there is none.
func (f *Forecaster) Forecast(n, parent *Node) {
	for _, c := range n.Children {
		f.Forecast(c, n)
	}
	t := &n.Task
	switch {
	case t.State.Final():
		n.Estimate = f.ended(t)
	case t.State == koji.TaskOpen:
		n.Estimate = f.open(n, parent)
	default:
		n.Estimate = f.waits(n, parent)
	}
}

func (f *Forecaster) ended(t *koji.Task) Estimate {
	e := Estimate{CompletionAt: t.Ended, Low: t.Ended, High: t.Ended}
	if d := t.Duration(); d.Known {
		e.Duration = Spread{Likely: d.Value, Low: d.Value, High: d.Value}
	}
	return e
}

// run returns how long the task runs from its start.
func (f *Forecaster) run(n, parent *Node) Spread {
	var up *koji.Task
	if parent != nil {
		up = &parent.Task
	}
	s := f.Past.Run(&n.Task, up)
	if s.Known() || parent == nil {
		return s
	}
	return siblings(n, parent)
}

// siblings goes by what the same work took on other arches.
func siblings(n, parent *Node) Spread {
	var done []time.Duration
	for _, c := range parent.Children {
		if d := c.Task.Duration(); c.Task.Method == n.Task.Method && c.Task.State == koji.TaskClosed && d.Known {
			done = append(done, d.Value)
		}
	}
	return spreadOf(done, Siblings)
}

// waits is for a task that has no host yet, or that its host has not begun.
func (f *Forecaster) waits(n, parent *Node) Estimate {
	e := Estimate{Duration: f.run(n, parent)}
	if f.OnlyEnds && !e.Duration.Known() {
		return e
	}
	start := queue.Start{Likely: f.Now.Add(pickup), Low: f.Now, High: f.Now.Add(2 * pickup)}
	if f.Queue != nil {
		if s, ok := f.Queue.Expect(&n.Task, f.Now); ok {
			start = s
		}
	}
	e.Reason, e.Ahead = start.Reason, start.Ahead
	if !start.Known() {
		return e
	}
	e.StartsAt = start.Likely
	if e.Duration.Known() {
		e.CompletionAt = start.Likely.Add(e.Duration.Likely)
		e.Low, e.High = start.Low.Add(e.Duration.Low), start.High.Add(e.Duration.High)
	}
	return e
}

// pickup is the average wait of a task that could start at once.
const pickup = 40 * time.Second

// Running is when something will be done that was begun at a time and takes so long.
func Running(whole Spread, started, now time.Time) Estimate {
	if started.IsZero() || started.After(now) {
		started = now
	}
	elapsed := now.Sub(started)
	e := Estimate{Overdue: whole.Known() && elapsed > whole.Likely, Duration: whole.After(elapsed)}
	e.from(started)
	return e
}

// from counts the duration from a start.
func (e *Estimate) from(started time.Time) {
	if d := e.Duration; d.Known() {
		e.CompletionAt, e.Low, e.High = started.Add(d.Likely), started.Add(d.Low), started.Add(d.High)
	}
}

// open is for a task that runs.
func (f *Forecaster) open(n, parent *Node) Estimate {
	started := n.Task.Started
	if started.IsZero() || started.After(f.Now) {
		started = f.Now
	}
	whole := f.run(n, parent)
	e := Running(whole, started, f.Now)
	if n.ByLog.Known() {
		overdue := e.Overdue
		e = Running(whole.And(n.ByLog), started, f.Now)
		e.Overdue = overdue
	}
	e.Log = n.Log
	if by, phase := f.byPhase(n); phase != "" {
		e.Phase = phase
		if by.Known() {
			e.Duration = fromStart(by, started, e.Duration)
		}
	} else if by := f.byChildren(n); by.Known() {
		e.Duration = later(fromStart(by, started, e.Duration), e.Duration)
	}
	e.from(started)
	return e
}

// span is an end with its interval.
type span struct {
	likely, low, high time.Time
	basis             string
	samples           int
}

// Known reports whether there is a time.
func (s span) Known() bool { return !s.likely.IsZero() }

func spanOf(e *Estimate) span {
	return span{e.CompletionAt, e.Low, e.High, e.Duration.Basis, e.Duration.Samples}
}

// add is the end of what comes after.
func (s span) add(d Spread) span {
	s.likely, s.low, s.high = s.likely.Add(d.Likely), s.low.Add(d.Low), s.high.Add(d.High)
	if s.basis == "" {
		s.basis, s.samples = d.Basis, d.Samples
	}
	return s
}

// fromStart is an end as a duration. What it does not say of its basis, whole does.
func fromStart(s span, started time.Time, whole Spread) Spread {
	d := Spread{
		Likely: s.likely.Sub(started), Low: s.low.Sub(started), High: s.high.Sub(started),
		Samples: s.samples, Basis: s.basis,
	}
	if d.Basis == "" {
		d.Samples, d.Basis = whole.Samples, whole.Basis
	}
	return d
}

// later is the later of two, part by part.
func later(a, b Spread) Spread {
	if !b.Known() {
		return a
	}
	main := a
	if b.Likely > a.Likely {
		main = b
	}
	main.Likely, main.Low, main.High = max(a.Likely, b.Likely), max(a.Low, b.Low), max(a.High, b.High)
	return main
}
