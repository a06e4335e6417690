package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/koji"
)

// line is an item as pages show it: one of the three.
type line struct {
	Entry *row
	Group *group
	Queue *queueRow
	Key   string
}

func newLine(it item, base string, now time.Time) line {
	l := line{Key: it.key}
	switch of := it.of.(type) {
	case *board.Entry:
		l.Entry = &row{of, base, now}
	case group:
		l.Group = &of
	case board.QueueRow:
		l.Queue = &queueRow{of, base, now}
	}
	return l
}

// queueRow is what runs and waits in a channel for an arch.
type queueRow struct {
	board.QueueRow
	Base string
	Now  time.Time
}

// row is an entry as pages show it.
type row struct {
	*board.Entry
	Base string
	Now  time.Time
}

// Live reports whether it has not ended.
func (r row) Live() bool { return r.State.Live() }

// Took returns how long what has ended took.
func (r row) Took() time.Duration { return took(r.Began, r.Ended) }

func took(from, to time.Time) time.Duration {
	if from.IsZero() || to.Before(from) {
		return 0
	}
	return to.Sub(from)
}

// bar is how far a task is.
type bar struct {
	Arch, Host, Label string
	State             board.State
	From, To, Now     time.Time
	Late              bool
	Log               string
}

// Bars returns one for each arch, or one for a task that is not divided.
func (r row) Bars() []bar {
	nodes := r.Arches()
	if root := r.Root(); len(nodes) == 0 && root != nil {
		nodes = []board.Node{{Task: *root}}
	}
	bars := make([]bar, 0, len(nodes))
	for i := range nodes {
		n := &nodes[i]
		b := bar{
			Arch: cmp.Or(n.Arch, n.Method), Host: n.Host, State: board.StateOf(n.State), From: n.Began(), To: n.Estimate.CompletionAt, Now: r.Now,
			Late: n.Live() && n.Estimate.Overdue, Log: logText(n),
		}
		b.Label = b.Arch + " of " + r.Name + ", " + string(b.State)
		bars = append(bars, b)
	}
	return bars
}

// taskRow is a task in the table of a page.
type taskRow struct {
	*board.Node
	now time.Time
}

// LogText says how far its log is.
func (t taskRow) LogText() string { return logText(t.Node) }

// logText says how far the log of a running task is, "" if that is not known.
func logText(n *board.Node) string {
	l := n.Estimate.Log
	switch silent := l.Silent(); {
	case n.State != koji.TaskOpen:
	case silent > 0:
		return "log silent for " + duration(silent)
	case l.Share > 0:
		return fmt.Sprintf("log at %d %%", l.Percent())
	}
	return ""
}

// Late reports whether it runs longer than was to be expected.
func (t taskRow) Late() bool { return t.Live() && t.Estimate.Overdue }

// Took returns how long it has run.
func (t taskRow) Took() time.Duration {
	if t.Started.IsZero() {
		return 0
	}
	return took(t.Started, t.end())
}

func (t taskRow) end() time.Time {
	if t.Live() || t.Ended.IsZero() {
		return t.now
	}
	return t.Ended
}

// timeLine is when the tasks of an entry waited, ran and will be done, as bars.
type timeLine struct {
	From, To time.Time
	Height   int
	Rows     []lineRow
}

// lineRow is a task: it waits, runs, and has a rest to come. Places are of a thousand.
type lineRow struct {
	Label           string
	State           board.State
	Y, TextY        int
	Wait, WaitWidth int
	Run, RunWidth   int
	Rest, RestWidth int
}

// lineHeight is the height of a row.
const lineHeight = 22

func newTimeLine(e *board.Entry, now time.Time) *timeLine {
	l := &timeLine{}
	for i := range e.Tasks {
		t := taskRow{&e.Tasks[i], now}
		if t.Created.IsZero() {
			continue
		}
		if l.From.IsZero() || t.Created.Before(l.From) {
			l.From = t.Created
		}
		for _, at := range []time.Time{t.end(), t.Estimate.CompletionAt} {
			if at.After(l.To) {
				l.To = at
			}
		}
	}
	if l.From.IsZero() || !l.To.After(l.From) {
		return nil
	}
	for i := range e.Tasks {
		if t := (taskRow{&e.Tasks[i], now}); !t.Created.IsZero() {
			l.add(t)
		}
	}
	l.Height = len(l.Rows) * lineHeight
	return l
}

func (l *timeLine) add(t taskRow) {
	y := len(l.Rows) * lineHeight
	r := lineRow{Label: t.Method + " " + t.Arch, State: board.StateOf(t.State), Y: y + 3, TextY: y + 15}
	began := t.Started
	if began.IsZero() {
		began = t.end()
	}
	r.Wait, r.WaitWidth = l.place(t.Created, began)
	r.Run, r.RunWidth = l.place(began, t.end())
	if t.State == koji.TaskOpen && t.Estimate.CompletionAt.After(t.now) {
		r.Rest, r.RestWidth = l.place(t.now, t.Estimate.CompletionAt)
	}
	l.Rows = append(l.Rows, r)
}

// place returns where a span is, and how wide.
func (l *timeLine) place(from, to time.Time) (at, width int) {
	x := func(t time.Time) int {
		return int(1000 * min(1, max(0, t.Sub(l.From).Seconds()/l.To.Sub(l.From).Seconds())))
	}
	at = x(from)
	return at, max(0, x(to)-at)
}

// runRow is an earlier build of the package, with its duration as a bar of a hundred.
type runRow struct {
	board.Run
	Width, Tick int
}

// maxRunRows bounds how many earlier builds a page has.
const maxRunRows = 40

func runRows(runs []board.Run) []runRow {
	longest := time.Second
	runs = runs[max(0, len(runs)-maxRunRows):]
	for _, r := range runs {
		longest = max(longest, r.Took, r.Predicted)
	}
	rows := make([]runRow, 0, len(runs))
	for _, r := range slices.Backward(runs) {
		rows = append(rows, runRow{r, int(100 * r.Took / longest), int(98 * r.Predicted / longest)})
	}
	return rows
}
