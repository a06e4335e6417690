package forecast

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Queue predicts when waiting tasks will start. [queue.Model] implements it.
type Queue interface {
	Expect(t *koji.Task, now time.Time) (queue.Start, bool)
}

// Past predicts durations from earlier runs.
type Past interface {
	// Run returns how long a task runs, from its start. parent is nil if it has none.
	Run(t, parent *koji.Task) Spread
	// Remainder returns how long a build continues after its source is available, or after
	// its last arch is done.
	Remainder(build *koji.Task, after Phase) Spread
}

// Node is a task with its children and its estimate.
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
	// CompletionAt is the most likely time when the task will be done; Low and High bound an
	// 80 % interval. They are zero if nothing is known and never in the past. For a task
	// that has ended, all three are its end.
	CompletionAt, Low, High time.Time
	// Duration is the time from its start to its end.
	Duration Spread
	// Overdue reports that the task has run longer than expected at its start.
	Overdue bool
	// Phase describes the phase of a build in words; "" if it is in none.
	Phase string
	// Reason is what the task waits for.
	Reason queue.Reason
	// Ahead is the number of tasks in the queue that go first.
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
	// OnlyEnds omits the start of tasks whose duration is unknown.
	OnlyEnds bool
}

// Forecast sets the estimates of a task and of its descendants. parent is nil if the task has
// none.
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

// siblings returns how long the same work took on other arches.
func siblings(n, parent *Node) Spread {
	var done []time.Duration
	for _, c := range parent.Children {
		if d := c.Task.Duration(); c.Task.Method == n.Task.Method && c.Task.State == koji.TaskClosed && d.Known {
			done = append(done, d.Value)
		}
	}
	return spreadOf(done, Siblings)
}

// waits returns the estimate of a task that has no host yet, or that its host has not started.
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

// Running returns the estimate of something that started at the given time and takes whole.
func Running(whole Spread, started, now time.Time) Estimate {
	if started.IsZero() || started.After(now) {
		started = now
	}
	elapsed := now.Sub(started)
	e := Estimate{Overdue: whole.Known() && elapsed > whole.Likely, Duration: whole.After(elapsed)}
	e.from(started)
	return e
}

// from sets the duration to the time from started to the completion.
func (e *Estimate) from(started time.Time) {
	if d := e.Duration; d.Known() {
		e.CompletionAt, e.Low, e.High = started.Add(d.Likely), started.Add(d.Low), started.Add(d.High)
	}
}

// open returns the estimate of a running task.
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

// span is a time of completion with its interval.
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

// add returns the end of something that follows and takes d.
func (s span) add(d Spread) span {
	s.likely, s.low, s.high = s.likely.Add(d.Likely), s.low.Add(d.Low), s.high.Add(d.High)
	if s.basis == "" {
		s.basis, s.samples = d.Basis, d.Samples
	}
	return s
}

// fromStart returns the time from started to the end. The basis is that of whole.
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

// later returns the longer of two spreads, member by member.
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
