package watch

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/etatext"
	"github.com/kojiwatch/kojiwatch/internal/firstcause"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/internal/table"
	"github.com/kojiwatch/kojiwatch/internal/tasktree"
	"github.com/kojiwatch/kojiwatch/koji"
)

// output shows how tasks are. Lost says why that is not known at the moment; "": it is.
type output interface {
	print(l look, now time.Time, lost string) error
}

func newOutput(o Options) output {
	if o.Size != nil && !o.JSON {
		return &screen{out: o.Out, size: o.Size, color: o.Color}
	}
	return &changes{out: o.Out, err: o.Err, json: o.JSON, states: map[int64]koji.TaskState{}, explained: map[int64]bool{}}
}

// screen draws trees over the previous ones.
type screen struct {
	out    io.Writer
	size   func() (width, height int)
	color  bool
	redraw table.Redraw
}

func (s *screen) print(l look, now time.Time, lost string) error {
	answers := l.answers
	if answers == nil {
		return nil
	}
	width, height := s.size()
	var b strings.Builder
	if err := tasktree.Write(&b, tasktree.Options{Now: now, Width: width, Bars: true, Color: s.color}, nodes(answers)...); err != nil {
		return err
	}
	final := lost == "" && l.ended()
	if !final {
		b.WriteString(failures(l, ""))
	}
	b.WriteString(total(answers, now) + "\n")
	s.redraw.Foot = 1
	if lost != "" {
		s.redraw.Foot = 2
		b.WriteString("the hub does not answer, trying again: " + lost + "\n")
	}
	text := s.redraw.Replace(b.String(), width, height)
	if final { // nothing is drawn in its place any more, so that lines may be longer than the terminal is wide
		text += failures(l, "\n  ")
	}
	_, err := io.WriteString(s.out, text)
	return err
}

// failures returns a line for each task of which it is known why it failed, with the
// address of the log if there is something to put between them.
func failures(l look, separator string) string {
	var b strings.Builder
	for _, a := range l.answers {
		f := l.failures[a.Node.Task.ID]
		if f == nil {
			continue
		}
		b.WriteString(cliutil.Visible(failureText(&a.Node.Task, f)))
		if separator != "" && f.URL != "" {
			b.WriteString(separator + cliutil.Visible(f.URL))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// failureText returns one line with the cause of a task's failure.
func failureText(t *koji.Task, f *event.Failure) string {
	return fmt.Sprintf("task %d failed: %s", t.ID, firstcause.Text(f))
}

func nodes(answers []*live.Answer) []*forecast.Node {
	list := make([]*forecast.Node, len(answers))
	for i, a := range answers {
		list[i] = a.Node
	}
	return list
}

// total returns a line with how many tasks have ended, and when the last will be done.
func total(answers []*live.Answer, now time.Time) string {
	var done, failed int
	var last time.Time
	unknown := false
	for _, a := range answers {
		switch e := &a.Estimate; {
		case a.Node.Task.State == koji.TaskClosed:
			done++
		case a.Ended():
			failed++
		case e.Known() && e.CompletionAt.After(last):
			last = e.CompletionAt
		case !e.Known():
			unknown = true
		}
	}
	text := fmt.Sprintf("%d of %d done", done, len(answers))
	if failed > 0 {
		text += fmt.Sprintf(", %d failed or canceled", failed)
	}
	if !last.IsZero() && !unknown {
		text += ", all done about " + etatext.TimeOfDay(last, now)
	}
	return text
}

// changes writes a line for each change of a state.
type changes struct {
	out, err io.Writer
	json     bool
	states   map[int64]koji.TaskState // of what was told
	lost     bool
	// explained are the tasks of which it was told why they failed.
	explained map[int64]bool
}

func (c *changes) print(l look, now time.Time, lost string) error {
	if c.lost != (lost != "") {
		c.lost = lost != ""
		text := "the hub answers again"
		if c.lost {
			text = "the hub does not answer, trying again: " + lost
		}
		_, _ = fmt.Fprintf(c.err, "kojiwatch: %s\n", text)
	}
	for _, a := range l.answers {
		if err := c.walk(a.Node, now); err != nil {
			return err
		}
		t := &a.Node.Task
		if f := l.failures[t.ID]; f != nil && !c.explained[t.ID] {
			c.explained[t.ID] = true
			if err := c.failure(t, f, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// failure writes why a task failed.
func (c *changes) failure(t *koji.Task, f *event.Failure, now time.Time) error {
	if c.json {
		state := t.State.String()
		return c.write(&change{Old: state, New: state, Task: event.AppendTask(nil, t), Failure: event.AppendFailure(nil, f)}, now)
	}
	text := failureText(t, f)
	if f.URL != "" {
		text += " " + f.URL
	}
	_, err := fmt.Fprintf(c.out, "%s %s\n", now.Format(time.TimeOnly), cliutil.Visible(text))
	return err
}

func (c *changes) walk(n *forecast.Node, now time.Time) error {
	old := c.states[n.Task.ID]
	if old != n.Task.State {
		c.states[n.Task.ID] = n.Task.State
		write := c.line
		if c.json {
			write = c.object
		}
		if err := write(n, old, now); err != nil {
			return err
		}
	}
	for _, child := range n.Children {
		if err := c.walk(child, now); err != nil {
			return err
		}
	}
	return nil
}

// line writes a change as koji watch-task does: the new state and the host.
func (c *changes) line(n *forecast.Node, old koji.TaskState, now time.Time) error {
	t := &n.Task
	text := t.State.String()
	if old != koji.TaskUnknown {
		text = old.String() + " -> " + text
	}
	if t.Host.Name != "" && t.State == koji.TaskOpen {
		text += " (" + t.Host.Name + ")"
	}
	what := listing.What(t)
	if t.Label != "" {
		what = t.Method + " " + t.Label
	}
	if e := &n.Estimate; !t.State.Final() && e.Known() {
		text += ", done about " + etatext.TimeOfDay(e.CompletionAt, now)
	}
	_, err := fmt.Fprintf(c.out, "%s %d %s: %s\n", now.Format(time.TimeOnly), t.ID, cliutil.Visible(what), cliutil.Visible(text))
	return err
}

// change is the JSON form of a change.
type change struct {
	At       time.Time      `json:"at"`
	Old      string         `json:"old,omitzero"`
	New      string         `json:"new"`
	Task     jsontext.Value `json:"task"`
	Estimate jsontext.Value `json:"estimate,omitempty"`
	Failure  jsontext.Value `json:"failure,omitempty"` // it is known now why the task failed
}

func (c *changes) object(n *forecast.Node, old koji.TaskState, now time.Time) error {
	out := change{Old: old.String(), New: n.Task.State.String(), Task: event.AppendTask(nil, &n.Task)}
	if !n.Task.State.Final() {
		estimate, err := etatext.EstimateJSON(&n.Estimate, now)
		if err != nil {
			return err
		}
		out.Estimate = estimate
	}
	return c.write(&out, now)
}

func (c *changes) write(out *change, now time.Time) error {
	out.At = now.UTC().Truncate(time.Microsecond)
	text, err := json.Marshal(out, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return fmt.Errorf("print a change: %w", err)
	}
	_, err = fmt.Fprintf(c.out, "%s\n", text)
	return err
}
