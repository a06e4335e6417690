package forecast

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Phase is the part of a build that a child task does.
type Phase uint8

// The phases.
const (
	Other Phase = iota
	Source
	Arches
	Tagging
)

// PhaseOf returns the phase of a task by its method. Source: BuildTask in builder/kojid.
func PhaseOf(t *koji.Task) Phase { return PhaseOfMethod(t.Method) }

// PhaseOfMethod returns the phase of the tasks of a method.
func PhaseOfMethod(method string) Phase {
	switch method {
	case "buildSRPMFromSCM", "rebuildSRPM", "buildSRPMFromCVS", "waitrepo":
		return Source
	case "buildArch":
		return Arches
	case "tagBuild":
		return Tagging
	}
	return Other
}

// byPhase returns when a build task will be done, from the phase it is in (source, slowest
// arch, import and tagging), and the phase in words; "" for other tasks.
func (f *Forecaster) byPhase(n *Node) (span, string) {
	if n.Task.Method != "build" {
		return span{}, ""
	}
	now := span{likely: f.Now, low: f.Now, high: f.Now}
	if end, at, some := phaseEnd(n, Tagging); some && at {
		return end.add(around(closing, "")), "tagging"
	}
	end, at, some := phaseEnd(n, Arches)
	switch {
	case some && at:
		return knownAfter(end, f.Past.Remainder(&n.Task, Arches)), "building"
	case some: // all are done
		rest := f.Past.Remainder(&n.Task, Arches)
		since := f.Now.Sub(end.likely)
		return now.add(left(rest, since)), "importing"
	}
	if end, at, some = phaseEnd(n, Source); some && at {
		return knownAfter(end, f.Past.Remainder(&n.Task, Source)), "making the source"
	} else if some {
		return knownAfter(now, left(f.Past.Remainder(&n.Task, Source), f.Now.Sub(end.likely))), "starting the arches"
	}
	return span{}, "starting"
}

// closing is the delay until a parent notices that its last child is done.
const closing = 15 * time.Second

// left returns the remaining time of something that began since ago.
func left(s Spread, since time.Duration) Spread {
	a := s.After(since)
	a.Likely, a.Low, a.High = max(0, a.Likely-since), max(0, a.Low-since), max(0, a.High-since)
	return a
}

// knownAfter adds a duration to an end; the sum is unknown if either is.
func knownAfter(s span, d Spread) span {
	if !s.Known() || !d.Known() {
		return span{}
	}
	return s.add(d)
}

// phaseEnd returns when the last child of a phase is done: of those that have not ended if
// there are any (at), else of all (some). A child whose end is unknown makes it unknown.
func phaseEnd(n *Node, p Phase) (end span, at, some bool) {
	for _, c := range n.Children {
		if PhaseOf(&c.Task) == p {
			some = true
			at = at || !c.Task.State.Final()
		}
	}
	for _, c := range n.Children {
		if PhaseOf(&c.Task) != p {
			continue
		}
		if !c.Estimate.Known() && !c.Task.State.Final() {
			return span{}, at, some
		}
		end = latest(end, spanOf(&c.Estimate))
	}
	return end, at, some
}

// byChildren returns when the last child of any other task will be done.
func (f *Forecaster) byChildren(n *Node) span {
	var end span
	for _, c := range n.Children {
		if c.Estimate.Known() && !c.Task.State.Final() {
			end = latest(end, spanOf(&c.Estimate))
		}
	}
	if end.Known() {
		end = end.add(around(closing, ""))
	}
	return end
}

func latest(a, b span) span {
	if !a.Known() || b.likely.After(a.likely) {
		a, b = b, a
	}
	if b.low.After(a.low) {
		a.low = b.low
	}
	if b.high.After(a.high) {
		a.high = b.high
	}
	return a
}
