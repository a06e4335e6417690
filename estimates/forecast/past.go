package forecast

import (
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Tree is a task that has ended well and its children.
type Tree struct {
	Root     koji.Task
	Children []koji.Task
}

// LastRuns is a [Past] based on single runs, such as those that a hub lists. The zero value
// only has the usual durations of some methods.
type LastRuns struct {
	Builds  []Tree        // of the package, the newest first
	Tasks   []koji.Task   // closed ones of the methods in question, the newest first
	Average time.Duration // the hub's, of the package's builds; 0 or less: not known
}

// usual holds the usual duration of tasks by method.
var usual = map[string]time.Duration{
	"tagBuild": time.Minute, "buildSRPMFromSCM": 90 * time.Second, "rebuildSRPM": 90 * time.Second,
	"waitrepo": 5 * time.Minute, "newRepo": 5 * time.Minute, "createrepo": 4 * time.Minute,
	"distRepo": 10 * time.Minute, "createdistrepo": 8 * time.Minute,
	"buildNotification": 15 * time.Second, "tagNotification": 15 * time.Second,
}

// Usual returns the usual duration of a method's tasks; it is unknown for most methods.
func Usual(method string) Spread { return around(usual[method], Constant) }

// enough is the number of runs for the same target from which on others are ignored.
const enough = 3

// Run implements [Past].
func (p *LastRuns) Run(t, parent *koji.Task) Spread {
	for _, s := range []Spread{
		p.builds(t, parent), p.tasks(t), p.average(t, parent), Usual(t.Method),
	} {
		if s.Known() {
			return s
		}
	}
	return Spread{}
}

// builds looks for the task in the package's last builds.
func (p *LastRuns) builds(t, parent *koji.Task) Spread {
	target := t.Target().Name
	if parent != nil {
		target = parent.Target().Name
	}
	var same, all []time.Duration
	for i := range p.Builds {
		tree := &p.Builds[i]
		d := tree.find(t)
		if d <= 0 {
			continue
		}
		all = append(all, d)
		if tree.Root.Target().Name == target {
			same = append(same, d)
		}
	}
	if len(same) >= enough {
		all = same
	}
	return spreadOf(all, LastBuilds)
}

// find returns how long the task that corresponds to t took; 0 if there is none.
func (tree *Tree) find(t *koji.Task) time.Duration {
	if tree.Root.Method == t.Method {
		return tree.Root.Duration().Value
	}
	for i := range tree.Children {
		c := &tree.Children[i]
		if c.Method == t.Method && c.Label == t.Label {
			return c.Duration().Value
		}
	}
	return 0
}

// tasks finds tasks of the method: those with the same tag, target, package and arch if there
// are any, else all.
func (p *LastRuns) tasks(t *koji.Task) Spread {
	var same, all []time.Duration
	for i := range p.Tasks {
		other := &p.Tasks[i]
		d := other.Duration().Value
		if other.Method != t.Method || d <= 0 {
			continue
		}
		all = append(all, d)
		if alike(t, other) {
			same = append(same, d)
		}
	}
	if len(same) > 0 {
		all = same
	}
	return spreadOf(all, LastTasks)
}

func alike(a, b *koji.Task) bool {
	return sameRef(a.Tag(), b.Tag()) && sameRef(a.Target(), b.Target()) &&
		a.Package() == b.Package() && a.WorkArch() == b.WorkArch()
}

// sameRef reports whether two names can mean the same thing: one may have the id
// and the other the name.
func sameRef(a, b koji.Ref) bool {
	if a.ID != 0 && b.ID != 0 {
		return a.ID == b.ID
	}
	return a.Name == b.Name
}

// besides is the part of a build task that the hub's average does not include. The average is
// from the creation of the build's record, after the source is available, to the import.
const besides = 150 * time.Second

// average returns the duration by the hub's average.
func (p *LastRuns) average(t, parent *koji.Task) Spread { return OfAverage(p.Average, t, parent) }

// OfAverage derives the duration of a task from the hub's average of its package's builds; it
// is unknown for tasks that the average does not cover. parent is nil if the task has none.
func OfAverage(average time.Duration, t, parent *koji.Task) Spread {
	if average <= 0 {
		return Spread{}
	}
	switch {
	case t.Method == "build":
		return around(average+besides, HubAverage)
	case strings.HasSuffix(t.Package(), "-container"):
		return around(average, LastBuilds) // see package hubaverage
	case t.Method == "buildArch", parent == nil && t.Parent == 0 && t.Package() != "":
		return around(average, HubAverage)
	}
	return Spread{}
}

// UsualTagging returns how long a build usually continues after its last arch is done, for
// import and tagging.
func UsualTagging() Spread { return around(90*time.Second, Constant) }

// Remainder implements [Past].
func (p *LastRuns) Remainder(_ *koji.Task, after Phase) Spread {
	var samples []time.Duration
	for i := range p.Builds {
		tree := &p.Builds[i]
		var last time.Time
		for j := range tree.Children {
			c := &tree.Children[j]
			if PhaseOf(c) == after && c.Ended.After(last) {
				last = c.Ended
			}
		}
		if d := tree.Root.Ended.Sub(last); !last.IsZero() && d > 0 {
			samples = append(samples, d)
		}
	}
	if s := spreadOf(samples, LastBuilds); s.Known() {
		return s
	}
	if after == Source {
		return around(p.Average, HubAverage)
	}
	return UsualTagging()
}
