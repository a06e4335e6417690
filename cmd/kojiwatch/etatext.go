package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/koji"
)

// etaScreen prints answers: one below the other, on a terminal one over the other.
type etaScreen struct {
	w        io.Writer
	json     bool
	terminal bool
	width    int    // of the terminal in characters; 0: not known
	lines    int    // of the last answer
	shown    bool   // an answer has been printed
	last     string // etaWhat it was, without what moves by itself
}

// print prints an answer. Off a terminal one that says nothing new is left out.
func (s *etaScreen) print(a *live.Answer) error {
	if s.json {
		return printEtaJSON(s.w, a)
	}
	var b strings.Builder
	etaText(a, &b, s.terminal)
	text := b.String()
	if s.terminal {
		text = s.over(text)
	} else if key := etaStates(a); s.shown && key == s.last {
		return nil
	} else {
		s.shown, s.last = true, key
	}
	_, err := io.WriteString(s.w, text)
	return err
}

// over has a text take the place of the one before. Lines are cut to the width of
// the terminal: one that takes two there would be counted as one.
func (s *etaScreen) over(text string) string {
	var b strings.Builder
	if s.lines > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\x1b[J", s.lines)
	}
	s.lines = 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if runes := []rune(line); s.width > 0 && len(runes) > s.width {
			line = string(runes[:s.width])
		}
		b.WriteString(line + "\n")
		s.lines++
	}
	return b.String()
}

// etaStates is what has to change for an answer to be worth a new print.
func etaStates(a *live.Answer) string {
	var b strings.Builder
	b.WriteString(a.State())
	if a.Node != nil {
		for _, c := range a.Node.Children {
			fmt.Fprintf(&b, " %d %v", c.Task.ID, c.Task.State)
		}
	}
	return b.String()
}

// etaWhat names what the answer is about.
func etaWhat(a *live.Answer) string {
	switch {
	case a.Node != nil:
		t := &a.Node.Task
		text := fmt.Sprintf("task %d, %s", t.ID, t.Method)
		if a.Build != nil {
			text = a.Build.NVR + ": " + text
		} else if a.Package != "" {
			text = a.Package + ": " + text
		}
		if s := t.Scratch(); s.Known && s.Value {
			text += " (scratch)"
		}
		return cliutil.Visible(text + about(t))
	case a.Build != nil:
		return cliutil.Visible(fmt.Sprintf("%s: build %d", a.Build.NVR, a.Build.ID))
	}
	return cliutil.Visible("a build of " + a.Package + forTarget(a.Target))
}

// about is target, tag and arch, as far as the task names them.
func about(t *koji.Task) string {
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

func etaText(a *live.Answer, b *strings.Builder, terminal bool) {
	if a.OnlyPackage {
		etaPackageText(a, b)
		return
	}
	fmt.Fprintf(b, "%s\n", etaWhat(a))
	fmt.Fprintf(b, "  %s\n", etaStateText(a))
	if a.Ended() {
		return
	}
	e := &a.Estimate
	if e.Reason != "" {
		fmt.Fprintf(b, "  %s\n", cliutil.Visible(e.Reason))
	}
	fmt.Fprintf(b, "  %s\n", doneText(e, a.Now))
	if terminal && e.Known() && e.StartsAt.IsZero() {
		fmt.Fprintf(b, "  %s\n", bar(e, a.Now))
	}
	if basis := etaBasisText(a); basis != "" && e.Known() {
		fmt.Fprintf(b, "  %s\n", cliutil.Visible(basis))
	}
	if a.Node != nil && len(a.Node.Children) > 0 {
		etaChildrenText(a, b)
	}
}

// etaPackageText tells how long a build would take.
func etaPackageText(a *live.Answer, b *strings.Builder) {
	d := a.Estimate.Duration
	if !d.Known() {
		fmt.Fprintf(b, "%s: nothing is known of earlier builds\n", etaWhat(a))
		return
	}
	fmt.Fprintf(b, "%s would take about %s (between %s and %s) from its start\n  %s\n",
		etaWhat(a), enrich.Words(d.Likely), enrich.Words(d.Low), enrich.Words(d.High), cliutil.Visible(etaBasisText(a)))
}

// etaStateText is the state and since when.
func etaStateText(a *live.Answer) string {
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
		text += " at " + timeOfDay(ended, a.Now)
		if d := a.Estimate.Duration; d.Known() {
			text += ", after " + enrich.Words(d.Likely)
		}
	case !a.Ended() && !since.IsZero():
		text += " since " + timeOfDay(since, a.Now) + ", for " + enrich.Words(a.Now.Sub(since))
	}
	if p := a.Estimate.Phase; p != "" {
		text += ", " + p
	}
	return text
}

// doneText is when it will be done.
func doneText(e *forecast.Estimate, now time.Time) string {
	var text string
	if !e.StartsAt.IsZero() {
		text = "starts about " + timeOfDay(e.StartsAt, now) + ", "
	}
	if !e.Known() {
		if text != "" {
			return text + "nothing is known of how long it takes"
		}
		return "nothing is known of when it will be done"
	}
	text += fmt.Sprintf("done about %s, in %s (between %s and %s)",
		timeOfDay(e.CompletionAt, now), enrich.Words(e.CompletionAt.Sub(now)), timeOfDay(e.Low, now), timeOfDay(e.High, now))
	if e.Overdue {
		text = "overdue: it takes longer than expected; " + text
	}
	return text
}

// timeOfDay is a time of the day, with the date where it is another one.
func timeOfDay(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02 15:04")
}

// barWidth is how many characters show how far it is.
const barWidth = 30

func bar(e *forecast.Estimate, now time.Time) string {
	whole := e.Duration.Likely
	done := whole - e.CompletionAt.Sub(now)
	share := max(0, min(1, done.Seconds()/whole.Seconds()))
	full := int(share * barWidth)
	return fmt.Sprintf("[%s%s] %d %%", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), int(share*100))
}

// etaBasisText is what the estimate goes by.
func etaBasisText(a *live.Answer) string {
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
	case forecast.Constant:
		return "from what such tasks usually take"
	}
	return ""
}

// etaChildrenText is a line for each child.
func etaChildrenText(a *live.Answer, b *strings.Builder) {
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
	if e.Reason != "" {
		text += "; " + cliutil.Visible(e.Reason)
	}
	return text
}
