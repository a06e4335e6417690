package listing

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/etatext"
	"github.com/kojiwatch/kojiwatch/internal/table"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// Printer prints lists: tables for people, or a line of JSON for each row.
type Printer struct {
	Out   io.Writer
	JSON  bool
	Width int       // of the terminal in characters; 0: as wide as it gets
	Color bool      // of states, in tables
	Now   time.Time // in the zone in which times are shown
	Web   koji.Web  // for links in JSON; may be zero
}

// Tasks prints tasks.
func (p *Printer) Tasks(tasks []koji.Task) error {
	if p.JSON {
		return lines(p, tasks, func(t *koji.Task) []byte {
			t.URL = p.Web.Task(t.ID)
			return event.AppendTask(nil, t)
		})
	}
	tab := &table.Table{Width: p.Width, Columns: []table.Column{
		{Title: "TASK", Right: true}, {Title: "WHAT", Min: 30}, StateColumn("STATE", p.Color), {Title: "ARCH", Spare: 4},
		{Title: "HOST", Min: 8, Spare: 3}, {Title: "OWNER", Min: 6, Spare: 2}, {Title: "SINCE", Spare: 1}, {Title: "TIME"},
	}}
	for i := range tasks {
		t := &tasks[i]
		since, text := p.taskTime(t)
		tab.Add(number(t.ID), What(t), t.State.String(), t.WorkArch(), refText(t.Host), refText(t.Owner), since, text)
	}
	return p.write(tab, "no tasks")
}

// StateColumn is a column of states, in the colours that they have everywhere if that is
// wanted. A cell that is no state tells what something does that goes on.
func StateColumn(title string, color bool) table.Column {
	c := table.Column{Title: title}
	if color {
		c.Color = func(cell string) string {
			if cell != strings.ToUpper(cell) {
				cell = koji.TaskOpen.String()
			}
			return format.ColorOf(cell)
		}
	}
	return c
}

// write prints a table, or that there is nothing in it.
func (p *Printer) write(tab *table.Table, nothing string) error {
	if tab.Len() == 0 {
		_, err := fmt.Fprintln(p.Out, nothing)
		return err
	}
	_, err := tab.WriteTo(p.Out)
	return err
}

// taskTime says since when the task is in its state, and how long it waits, runs or took.
func (p *Printer) taskTime(t *koji.Task) (since, text string) {
	switch {
	case t.State.Final():
		if d := t.Duration(); d.Known {
			text = "took " + enrich.Words(d.Value)
		}
		return p.at(t.Ended), text
	case t.State == koji.TaskOpen:
		return p.at(t.Started), p.ago("for ", t.Started)
	}
	return p.at(t.Created), p.ago("waits ", t.Created)
}

func (p *Printer) at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return etatext.TimeOfDay(t, p.Now)
}

func (p *Printer) ago(word string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return word + enrich.Words(max(0, p.Now.Sub(t)))
}

// Builds prints builds.
func (p *Printer) Builds(builds []koji.Build) error {
	if p.JSON {
		return lines(p, builds, func(b *koji.Build) []byte {
			b.URL = p.Web.Build(b.ID)
			return event.AppendBuild(nil, b)
		})
	}
	tab := &table.Table{Width: p.Width, Columns: []table.Column{
		{Title: "BUILD", Right: true, Spare: 3}, {Title: "NVR", Min: 20}, StateColumn("STATE", p.Color), {Title: "OWNER", Min: 6, Spare: 2},
		{Title: "TASK", Right: true, Spare: 4}, {Title: "SINCE", Spare: 1}, {Title: "TIME"},
	}}
	for i := range builds {
		b := &builds[i]
		since, text := p.buildTime(b)
		tab.Add(number(b.ID), b.NVR, b.State.String(), refText(b.Owner), number(b.TaskID), since, text)
	}
	return p.write(tab, "no builds")
}

func (p *Printer) buildTime(b *koji.Build) (since, text string) {
	if b.State.Final() {
		if d := b.Duration(); d.Known {
			text = "took " + enrich.Words(d.Value)
		}
		return p.at(b.Ended), text
	}
	started := b.Started
	if started.IsZero() {
		started = b.Created
	}
	return p.at(started), p.ago("for ", started)
}

func lines[T any](p *Printer, rows []T, text func(*T) []byte) error {
	for i := range rows {
		if _, err := fmt.Fprintf(p.Out, "%s\n", text(&rows[i])); err != nil {
			return err
		}
	}
	return nil
}

// What says in a few words what a task does: "build bash for f44".
func What(t *koji.Task) string {
	text := t.Method
	if of := cmp.Or(t.NVR(), t.Request.BuildNVR, t.Package()); of != "" {
		text += " " + of
	}
	if to := cmp.Or(t.Target().Name, t.Tag().Name); to != "" {
		text += " for " + to
	}
	if s := t.Scratch(); s.Known && s.Value {
		text += " (scratch)"
	}
	if t.Label != "" && t.Label != t.WorkArch() {
		text += ", " + t.Label
	}
	return text
}

// refText is the name of a thing, else its number.
func refText(r koji.Ref) string { return cmp.Or(r.Name, number(r.ID)) }

func number(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
