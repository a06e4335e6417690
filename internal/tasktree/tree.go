// Package tasktree writes a task with its descendants as a tree, one line for each.
package tasktree

import (
	"io"
	"time"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/internal/etatext"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/internal/table"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Options control how trees are written.
type Options struct {
	Now   time.Time // in the zone in which times are shown
	Width int       // of the terminal in characters; 0: as wide as it gets
	Bars  bool      // progress bars
	Color bool      // of states
}

// Write writes trees with aligned columns.
func Write(w io.Writer, o Options, roots ...*forecast.Node) error {
	t := writer{o, &table.Table{Width: o.Width, NoTitles: true, Columns: []table.Column{
		{Min: 24}, listing.StateColumn("", o.Color), {Min: 8, Spare: 3}, {Spare: 1}, {Spare: 2}, {Min: 20}, {Spare: 4},
	}}}
	for _, n := range roots {
		t.add(n, "", "", listing.What(&n.Task))
	}
	_, err := t.table.WriteTo(w)
	return err
}

// Below returns the descendants of a task, by the ids of their parents.
func Below(n *forecast.Node) map[int64][]koji.Task {
	below := map[int64][]koji.Task{}
	collect(n, below)
	return below
}

func collect(n *forecast.Node, below map[int64][]koji.Task) {
	for _, c := range n.Children {
		below[n.Task.ID] = append(below[n.Task.ID], c.Task)
		collect(c, below)
	}
}

type writer struct {
	Options
	table *table.Table
}

// add adds a task and those below it. Indent stands before its own line, below before
// those of its children.
func (t *writer) add(n *forecast.Node, indent, below, what string) {
	bar := ""
	if t.Bars && n.Task.State == koji.TaskOpen {
		bar = etatext.Bar(&n.Estimate, t.Now, barWidth)
	}
	end, clock := t.end(n)
	t.table.Add(indent+what, n.Task.State.String(), n.Task.Host.Name, t.elapsed(&n.Task), bar, end, clock)
	for i, c := range n.Children {
		branch, under := "├─ ", "│  "
		if i == len(n.Children)-1 {
			branch, under = "└─ ", "   "
		}
		t.add(c, below+branch, below+under, childText(&c.Task))
	}
}

const barWidth = 10

// childText returns a text that distinguishes a task from its siblings.
func childText(t *koji.Task) string {
	if t.Label == "" {
		return listing.What(t)
	}
	return t.Method + " " + t.Label
}

// elapsed returns how long the task has been in its state, or ran.
func (t *writer) elapsed(task *koji.Task) string {
	switch since := task.Created; {
	case task.State.Final():
		if d := task.Duration(); d.Known {
			return enrich.Words(d.Value)
		}
		return ""
	case task.State == koji.TaskOpen:
		return t.since(task.Started)
	default:
		return t.since(since)
	}
}

func (t *writer) since(from time.Time) string {
	if from.IsZero() {
		return ""
	}
	return enrich.Words(max(0, t.Now.Sub(from)))
}

// end says when the task ended or will end, or what keeps it from beginning; clock is the
// time of the day at which it will.
func (t *writer) end(n *forecast.Node) (text, clock string) {
	e := &n.Estimate
	switch {
	case n.Task.State.Final():
		if n.Task.Ended.IsZero() {
			return "", ""
		}
		return "at " + etatext.TimeOfDay(n.Task.Ended, t.Now), ""
	case e.Known():
		return etatext.Remaining(e, t.Now)
	}
	return e.Reason.String(), ""
}
