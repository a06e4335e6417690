package estimates

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// The bases of an estimate beside those of package forecast.
const (
	History        = "history"         // runs of the same package, target and arch
	HistoryPackage = "history-package" // of the package, or of the tag
	HistoryMethod  = "history-method"  // of the method
)

// forecast tells when a task will be done.
func (e *Estimator) forecast(f *trackedTask, now time.Time) (forecast.Estimate, rawEstimate) {
	starts := &learntStarts{e: e, of: f.id}
	past := &pastRuns{e: e, now: now, of: f.id}
	maker := forecast.Forecaster{Past: past, Queue: starts, Now: now, OnlyEnds: true}
	e.nodes = e.nodes[:0]
	node := e.nodeOf(f, 0)
	var parent *forecast.Node
	if up := e.tasks[f.parent]; up != nil && f.parent != 0 {
		parent = e.newNode()
		up.fill(&parent.Task)
	}
	maker.Forecast(node, parent)
	raw := rawEstimate{wait: starts.raw, arches: past.arches, crowded: starts.raw > longWait || past.arches > longWait}
	raw.told = e.widen(&node.Estimate, f, raw.crowded, now)
	return node.Estimate, raw
}

// maxDepth bounds how far below a task is looked.
const maxDepth = 4

// maxNodes is how many nodes of a tree are made in the same place again and again.
const maxNodes = 64

// newNode returns an empty node that is good until the next forecast.
func (e *Estimator) newNode() *forecast.Node {
	if e.nodes == nil {
		e.nodes = make([]forecast.Node, 0, maxNodes)
	}
	if len(e.nodes) == cap(e.nodes) {
		return new(forecast.Node)
	}
	e.nodes = e.nodes[:len(e.nodes)+1]
	n := &e.nodes[len(e.nodes)-1]
	*n = forecast.Node{Children: n.Children[:0]}
	return n
}

func (e *Estimator) nodeOf(f *trackedTask, depth int) *forecast.Node {
	n := e.newNode()
	f.fill(&n.Task)
	n.Task.Request.Package = f.run.Package
	n.Log, n.ByLog = e.byLog(f)
	n.ByLog = e.widenLog(f, n.ByLog)
	if depth < maxDepth {
		for _, c := range f.children {
			n.Children = append(n.Children, e.nodeOf(c, depth+1))
		}
	}
	return n
}

// pastRuns answers from the history, seen from a point in time.
type pastRuns struct {
	e   *Estimator
	now time.Time

	of     int64         // a task
	arches time.Duration // that its arches were said to wait before that was corrected
}

// Run implements forecast.Past. Of a build it is the work without the waits of an idle
// system, and with those that its children would have now.
func (p *pastRuns) Run(t, parent *koji.Task) forecast.Spread {
	r := p.runOf(t, parent)
	s, ok := p.learnt(&r)
	if !ok || s.Basis == HistoryMethod && r.Package != "" {
		if by := forecast.OfAverage(p.e.hubAverage(r.Package), t, parent); by.Known() {
			return by // which has the waits of its days in it
		}
	}
	switch {
	case !ok:
		return forecast.Usual(r.Method)
	case t.Method != "build":
		return s
	}
	return p.waits(t, &r).after(s)
}

// wait is how long a build waits: most likely, at least and at most by what is not known of
// it, such as the arches of a package that was never built.
type wait struct{ likely, least, most time.Duration }

// after is a spread with the wait in it, of which less is certain the longer it is.
func (w wait) after(s forecast.Spread) forecast.Spread {
	s.Likely, s.Low, s.High = s.Likely+w.likely, s.Low+w.least*45/100, s.High+w.most*22/10
	return s
}

// plus is the wait and another of which no more is unknown.
func (w wait) plus(d time.Duration) wait { return wait{w.likely + d, w.least + d, w.most + d} }

// times is the wait as a multiple.
func (w wait) times(by float64) wait {
	return wait{times(w.likely, by), times(w.least, by), times(w.most, by)}
}

// waits returns how long a build waits for the hosts of its children, as the queue is now.
// Builds whose children have not been seen wait for none: what they took has it in it.
func (p *pastRuns) waits(t *koji.Task, r *history.Run) wait {
	start := p.start(t)
	w, ok := p.archesWait(t, r, start)
	if !ok {
		return wait{}
	}
	if t.ID == p.of {
		p.arches = w.likely
	}
	if t.State == koji.TaskOpen && w.likely > longWait {
		w = w.times(p.e.past.Waits("arches of " + kindOf(t.Method, t.Priority.Value)).Middle)
	}
	return w.plus(p.wait(t, "buildSRPMFromSCM", "noarch", start) + p.wait(t, "tagBuild", "noarch", start))
}

// archesOf returns the arches of a build: those of the package's last one, which are
// known, else the usual ones.
func (e *Estimator) archesOf(r *history.Run) (arches []string, known bool) {
	if arches = e.past.Arches(r); len(arches) > 0 {
		return arches, true
	}
	return e.past.UsualArches(), false
}

// start returns how long a build still waits itself.
func (p *pastRuns) start(t *koji.Task) time.Duration {
	if s, ok := p.e.queue.Expect(t, p.now); ok && s.Known() {
		return s.Likely.Sub(p.now)
	}
	return 0
}

// archesWait is the time that the arches take beyond the slowest of them, in a build that
// starts after a while. It is false where no arches are known of any package.
func (p *pastRuns) archesWait(t *koji.Task, r *history.Run, start time.Duration) (w wait, ok bool) {
	arches, known := p.e.archesOf(r)
	if len(arches) == 0 {
		return wait{}, false
	}
	likely := p.waitOf(arches, t, r, start)
	w = wait{likely, likely, likely}
	if known {
		return w, true
	}
	for list := range p.e.past.CommonArches() {
		other := p.waitOf(strings.Fields(list), t, r, start)
		w.least, w.most = min(w.least, other), max(w.most, other)
	}
	return w, true
}

// waitOf is it for some arches.
func (p *pastRuns) waitOf(arches []string, t *koji.Task, r *history.Run, start time.Duration) time.Duration {
	var end, slowest time.Duration
	for _, arch := range arches {
		x, _ := p.e.past.Expect(archRun(r, arch), p.now)
		end, slowest = max(end, p.wait(t, "buildArch", arch, start)+x.Likely), max(slowest, x.Likely)
	}
	return end - slowest
}

// wait returns how long a child that a build is yet to make will wait, from its start on.
func (p *pastRuns) wait(build *koji.Task, method, arch string, start time.Duration) time.Duration {
	idle := p.pickup(build, method, arch)
	if s, ok := p.e.queue.ExpectChild(build, arch, p.now); ok && s.Known() {
		if wait := s.Likely.Sub(p.now) - start; wait > idleWait {
			return max(idle, wait)
		}
	}
	return idle
}

// pickup returns how long a child waits that could start at once.
func (p *pastRuns) pickup(build *koji.Task, method, arch string) time.Duration {
	r := pickupRun(method, build.Channel.Name, arch)
	if x, ok := p.e.past.Expect(&r, p.now); ok && x.Runs >= enoughPickups {
		return x.Likely
	}
	return idleWait
}

func (p *pastRuns) runOf(t, parent *koji.Task) history.Run {
	if f := p.e.tasks[t.ID]; f != nil && f.run.Method != "" {
		return f.run
	}
	if parent == nil {
		return runOf(t, nil)
	}
	return runOf(t, &record{pkg: parent.Request.Package, target: targetOf(parent), run: history.Run{Scratch: parent.Request.Scratch.Value}})
}

// Remainder implements forecast.Past.
func (p *pastRuns) Remainder(build *koji.Task, after forecast.Phase) forecast.Spread {
	r := p.runOf(build, nil)
	rest := remainderOf(&r, after)
	if s, ok := p.learnt(&rest); ok {
		if after != forecast.Source {
			return s
		}
		if w, ok := p.archesWait(build, &r, 0); ok {
			s = w.plus(p.wait(build, "tagBuild", "noarch", 0)).after(s)
		}
		return s
	}
	if after == forecast.Arches {
		return forecast.UsualTagging()
	}
	return p.expect(&r)
}

// expect goes by the history, else by what is usual.
func (p *pastRuns) expect(r *history.Run) forecast.Spread {
	if s, ok := p.learnt(r); ok {
		return s
	}
	return forecast.Usual(r.Method)
}

// learnt returns the expectation of the history.
func (p *pastRuns) learnt(r *history.Run) (forecast.Spread, bool) {
	x, ok := p.e.past.Expect(r, p.now)
	if !ok {
		return forecast.Spread{}, false
	}
	s := forecast.Spread{Likely: x.Likely, Low: x.Low, High: x.High, Samples: x.Runs, Basis: HistoryMethod}
	switch x.Level {
	case history.OfAll:
		s.Basis = History
	case history.OfPackage:
		s.Basis = HistoryPackage
	}
	return s, true
}

// queueRuns tells the queue how long tasks run.
type queueRuns struct{ e *Estimator }

// Run implements queue.Runs. The estimator's lock is held, so no other goroutine asks the queue.
func (q queueRuns) Run(t *koji.Task) time.Duration {
	f := q.e.tasks[t.ID]
	if f == nil {
		r := runOf(t, nil)
		f = new(trackedTask)
		f.run = r
	}
	x, _ := q.e.past.Expect(&f.run, latest(t))
	return x.Mean
}

// Children implements queue.Parents: a build's arches, until one of them is there.
func (q queueRuns) Children(t *koji.Task) []queue.Child {
	f := q.e.tasks[t.ID]
	if t.Method != "build" || f == nil || slices.ContainsFunc(f.children, ofArches) {
		return nil
	}
	chances := q.chances(&f.run)
	if len(chances) == 0 {
		return nil
	}
	children := make([]queue.Child, 0, len(chances)+1)
	source := history.Run{Method: "buildSRPMFromSCM", Target: f.run.Target}
	if x, ok := q.e.past.Expect(&source, latest(t)); ok {
		children = append(children, queue.Child{First: true, Method: source.Method, Arch: "noarch", Run: x.Mean})
	}
	for _, arch := range slices.Sorted(maps.Keys(chances)) {
		x, _ := q.e.past.Expect(archRun(&f.run, arch), latest(t))
		children = append(children, queue.Child{Method: "buildArch", Arch: arch, Run: times(x.Mean, chances[arch])})
	}
	return children
}

// chances are the arches that a build may have, each with how likely it is: those that are
// known for certain, else those of other packages by how many have them.
func (q queueRuns) chances(r *history.Run) map[string]float64 {
	all := map[string]float64{}
	arches, known := q.e.archesOf(r)
	if !known {
		for list, share := range q.e.past.CommonArches() {
			for arch := range strings.FieldsSeq(list) {
				all[arch] += share
			}
		}
	}
	if len(all) == 0 { // they are known, or no list of them is common
		for _, arch := range arches {
			all[arch] = 1
		}
	}
	return all
}

func ofArches(f *trackedTask) bool { return forecast.PhaseOfMethod(f.run.Method) == forecast.Arches }

// archRun is a build's task for an arch, as a run.
func archRun(build *history.Run, arch string) *history.Run {
	return &history.Run{Method: "buildArch", Package: build.Package, Target: build.Target, Arch: arch, Scratch: build.Scratch}
}

// latest is the newest time that a task names.
func latest(t *koji.Task) time.Time { return later(later(t.Created, t.Started), t.Ended) }
