// Package etatext shows forecasts of tasks and builds to people, as text, and to
// programs, as JSON.
package etatext

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/table"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Screen prints forecasts one after the other. On a terminal each replaces the last.
type Screen struct {
	Out      io.Writer
	JSON     bool
	Terminal bool
	Width    int // of the terminal in characters; 0 if not known

	redraw table.Redraw
	shown  bool   // a forecast has been printed
	last   string // states of the last forecast
}

// Print prints a forecast. Where there is no terminal, it prints only if a task has
// changed its state since the last one.
func (s *Screen) Print(a *live.Answer) error {
	if s.JSON {
		return writeJSON(s.Out, a)
	}
	var b strings.Builder
	writeText(a, &b, s.Terminal)
	text := b.String()
	if s.Terminal {
		text = s.redraw.Replace(cliutil.WrapLines(text, s.Width), s.Width, 0)
	} else if key := states(a); s.shown && key == s.last {
		return nil
	} else {
		s.shown, s.last = true, key
	}
	_, err := io.WriteString(s.Out, text)
	return err
}

// states returns the states of the task and its children, by which Print tells whether
// a forecast has news.
func states(a *live.Answer) string {
	var b strings.Builder
	b.WriteString(a.State())
	if a.Node != nil {
		for _, c := range a.Node.Children {
			fmt.Fprintf(&b, " %d %v", c.Task.ID, c.Task.State)
		}
	}
	return b.String()
}

// What names the task, build or package that a forecast is about.
func What(a *live.Answer) string {
	switch {
	case a.Node != nil:
		t := &a.Node.Task
		text := fmt.Sprintf("task %d", t.ID)
		if t.Method != "" { // which a daemon does not tell
			text += ", " + t.Method
		}
		if a.Build != nil {
			text = a.Build.NVR + ": " + text
		} else if a.Package != "" {
			text = a.Package + ": " + text
		}
		if s := t.Scratch(); s.Known && s.Value {
			text += " (scratch)"
		}
		return cliutil.Visible(text + details(t))
	case a.Build != nil:
		return cliutil.Visible(fmt.Sprintf("%s: build %d", a.Build.NVR, a.Build.ID))
	}
	return cliutil.Visible("a build of " + a.Package + forTarget(a.Target))
}

// details returns the target or tag and the arch, as far as the task names them.
func details(t *koji.Task) string {
	text := forTarget(t.Target().Name)
	if text == "" {
		text = forTarget(t.Tag().Name)
	}
	if t.Label != "" {
		text += " on " + t.Label
	}
	return text
}

func forTarget(name string) string {
	if name == "" {
		return ""
	}
	return " for " + name
}

func writeText(a *live.Answer, b *strings.Builder, terminal bool) {
	if a.OnlyPackage {
		fmt.Fprintf(b, "%s\n", strings.Join(packageLines(a), "\n  "))
		return
	}
	fmt.Fprintf(b, "%s\n", What(a))
	if a.State() != "" {
		fmt.Fprintf(b, "  %s\n", stateText(a))
	}
	if a.Ended() {
		return
	}
	for _, line := range Forecast(a) {
		fmt.Fprintf(b, "  %s\n", line)
	}
	if e := &a.Estimate; terminal && e.Known() && e.StartsAt.IsZero() {
		fmt.Fprintf(b, "  %s\n", Bar(e, a.Now, barWidth))
	}
	if a.Node != nil && len(a.Node.Children) > 0 {
		writeChildren(a, b)
	}
}

// Forecast says in a few lines when it will be done, what it waits for, and how that is
// known.
func Forecast(a *live.Answer) []string {
	if a.OnlyPackage {
		return packageLines(a)
	}
	e := &a.Estimate
	var lines []string
	if e.Reason.String() != "" {
		lines = append(lines, cliutil.Visible(e.Reason.String()))
	}
	lines = append(lines, doneText(e, a.Now))
	if e.Log.Known() {
		lines = append(lines, logText(&e.Log))
	}
	if basis := basisText(a); basis != "" && e.Known() {
		lines = append(lines, cliutil.Visible(basis))
	}
	return lines
}

// packageLines says how long a build of the package would take.
func packageLines(a *live.Answer) []string {
	d := a.Estimate.Duration
	if !d.Known() {
		return []string{What(a) + ": nothing is known of earlier builds"}
	}
	return []string{
		fmt.Sprintf("%s would take about %s (between %s and %s) from its start",
			What(a), enrich.Words(d.Likely), enrich.Words(d.Low), enrich.Words(d.High)),
		cliutil.Visible(basisText(a)),
	}
}

// stateText returns the state and since when it holds.
func stateText(a *live.Answer) string {
	var since, ended time.Time
	if a.Node != nil {
		t := &a.Node.Task
		since, ended = t.Started, t.Ended
		if t.State != koji.TaskOpen {
			since = t.Created
		}
	} else {
		since, ended = a.Build.Started, a.Build.Ended
		if since.IsZero() {
			since = a.Build.Created
		}
	}
	text := a.State()
	switch {
	case a.Ended() && !ended.IsZero():
		text += " at " + TimeOfDay(ended, a.Now)
		if d := a.Estimate.Duration; d.Known() {
			text += ", after " + enrich.Words(d.Likely)
		}
	case !a.Ended() && !since.IsZero():
		text += " since " + TimeOfDay(since, a.Now) + ", for " + enrich.Words(a.Now.Sub(since))
	}
	if p := a.Estimate.Phase; p != "" {
		text += ", " + p
	}
	return text
}

// doneText returns when the task will be done.
func doneText(e *forecast.Estimate, now time.Time) string {
	var text string
	if !e.StartsAt.IsZero() {
		text = "starts about " + TimeOfDay(e.StartsAt, now) + ", "
	}
	if !e.Known() {
		if text != "" {
			return text + "nothing is known of how long it takes"
		}
		return "nothing is known of when it will be done"
	}
	text += fmt.Sprintf("done about %s, in %s (between %s and %s)",
		TimeOfDay(e.CompletionAt, now), enrich.Words(e.CompletionAt.Sub(now)), TimeOfDay(e.Low, now), TimeOfDay(e.High, now))
	if e.Overdue {
		text = "overdue: it takes longer than expected; " + text
	}
	return text
}

// silentAfter is how long a log stands still before that is worth a word.
const silentAfter = 5 * time.Minute

// logText says how far the log is.
func logText(l *forecast.Log) string {
	text := fmt.Sprintf("its log has %d kB", (l.Size+999)/1000)
	if l.Share > 0 {
		text += fmt.Sprintf(", %.0f %% of the expected size", 100*l.Share)
	}
	if l.SilentFor >= silentAfter {
		text += ", and has not grown for " + enrich.Words(l.SilentFor)
	}
	return text
}

// Remaining says how long it takes until an estimate's end, and in parentheses at which time
// of the day that is; "" if it is not known.
func Remaining(e *forecast.Estimate, now time.Time) (text, clock string) {
	if !e.Known() {
		return "", ""
	}
	text = "in " + enrich.Words(e.CompletionAt.Sub(now))
	if e.Overdue {
		text = "overdue, " + text
	}
	return text, "(" + TimeOfDay(e.CompletionAt, now) + ")"
}

// TimeOfDay formats a time of the day, with the date unless it is today.
func TimeOfDay(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02 15:04")
}

// barWidth is the length of a progress bar in characters.
const barWidth = 30

// Bar draws how much of its time something that runs has behind it, width characters
// between brackets; "" if that is not known.
func Bar(e *forecast.Estimate, now time.Time, width int) string {
	whole := e.Duration.Likely
	if whole <= 0 || !e.Known() {
		return ""
	}
	done := whole - e.CompletionAt.Sub(now)
	share := max(0, min(1, done.Seconds()/whole.Seconds()))
	full := int(share * float64(width))
	return fmt.Sprintf("[%s%s] %d %%", strings.Repeat("#", full), strings.Repeat("-", width-full), int(share*100))
}

// basisText returns the data that the estimate is based on.
func basisText(a *live.Answer) string {
	text := hubBasis(a)
	if a.Daemon {
		return strings.TrimPrefix(text+", by the running daemon", ", ")
	}
	return text
}

func hubBasis(a *live.Answer) string {
	d := a.Estimate.Duration
	switch d.Basis {
	case forecast.LastBuilds:
		switch d.Samples {
		case 0:
			return "from the mean of the last builds of " + a.Package
		case 1:
			return "from the last build of " + a.Package + forTarget(a.Target)
		}
		return fmt.Sprintf("from the last %d builds of %s%s", d.Samples, a.Package, forTarget(a.Target))
	case forecast.LastTasks:
		return fmt.Sprintf("from the last %d such tasks", d.Samples)
	case forecast.HubAverage:
		return "from the hub's average of " + a.Package
	case forecast.Siblings:
		return "from the other arches of this build"
	case estimates.History:
		return fmt.Sprintf("from %d runs of the same", d.Samples)
	case estimates.HistoryPackage:
		return fmt.Sprintf("from %d runs of the package", d.Samples)
	case estimates.HistoryMethod:
		return fmt.Sprintf("from %d runs of such tasks", d.Samples)
	case forecast.Constant:
		return "from what such tasks usually take"
	}
	return ""
}

// writeChildren writes a line for each child.
func writeChildren(a *live.Answer, b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 8, 2, ' ', 0)
	for _, c := range a.Node.Children {
		_, _ = fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", cliutil.Visible(c.Task.Method), cliutil.Visible(c.Task.Label), c.Task.State, childText(c, a.Now))
	}
	_ = w.Flush() // to a strings.Builder
}

func childText(n *forecast.Node, now time.Time) string {
	e := &n.Estimate
	if n.Task.State.Final() {
		if d := n.Task.Duration(); d.Known {
			return "after " + enrich.Words(d.Value)
		}
		return ""
	}
	text := doneText(e, now)
	if e.Reason.String() != "" {
		text += "; " + cliutil.Visible(e.Reason.String())
	}
	return text
}
