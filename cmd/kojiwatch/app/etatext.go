package app

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/estimates/forecast"
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
func (s *etaScreen) print(a *etaAnswer) error {
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
func etaStates(a *etaAnswer) string {
	var b strings.Builder
	b.WriteString(a.state())
	if a.node != nil {
		for _, c := range a.node.Children {
			fmt.Fprintf(&b, " %d %v", c.Task.ID, c.Task.State)
		}
	}
	return b.String()
}

// etaWhat names what the answer is about.
func etaWhat(a *etaAnswer) string {
	switch {
	case a.node != nil:
		t := &a.node.Task
		text := fmt.Sprintf("task %d, %s", t.ID, t.Method)
		if a.build != nil {
			text = a.build.NVR + ": " + text
		} else if a.pkg != "" {
			text = a.pkg + ": " + text
		}
		if s := t.Scratch(); s.Known && s.Value {
			text += " (scratch)"
		}
		return visible(text + about(t))
	case a.build != nil:
		return visible(fmt.Sprintf("%s: build %d", a.build.NVR, a.build.ID))
	}
	return visible("a build of " + a.pkg + forTarget(a.target))
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

func etaText(a *etaAnswer, b *strings.Builder, terminal bool) {
	if a.onlyPkg {
		etaPackageText(a, b)
		return
	}
	fmt.Fprintf(b, "%s\n", etaWhat(a))
	fmt.Fprintf(b, "  %s\n", etaStateText(a))
	if a.ended() {
		return
	}
	e := &a.estimate
	if e.Reason != "" {
		fmt.Fprintf(b, "  %s\n", visible(e.Reason))
	}
	fmt.Fprintf(b, "  %s\n", doneText(e, a.now))
	if terminal && e.Known() && e.StartsAt.IsZero() {
		fmt.Fprintf(b, "  %s\n", bar(e, a.now))
	}
	if basis := etaBasisText(a); basis != "" && e.Known() {
		fmt.Fprintf(b, "  %s\n", visible(basis))
	}
	if a.node != nil && len(a.node.Children) > 0 {
		etaChildrenText(a, b)
	}
}

// etaPackageText tells how long a build would take.
func etaPackageText(a *etaAnswer, b *strings.Builder) {
	d := a.estimate.Duration
	if !d.Known() {
		fmt.Fprintf(b, "%s: nothing is known of earlier builds\n", etaWhat(a))
		return
	}
	fmt.Fprintf(b, "%s would take about %s (between %s and %s) from its start\n  %s\n",
		etaWhat(a), enrich.Words(d.Likely), enrich.Words(d.Low), enrich.Words(d.High), visible(etaBasisText(a)))
}

// etaStateText is the state and since when.
func etaStateText(a *etaAnswer) string {
	var since, ended time.Time
	if a.node != nil {
		t := &a.node.Task
		since, ended = t.Started, t.Ended
		if t.State != koji.TaskOpen {
			since = t.Created
		}
	} else {
		since, ended = a.build.Started, a.build.Ended
		if since.IsZero() {
			since = a.build.Created
		}
	}
	text := a.state()
	switch {
	case a.ended() && !ended.IsZero():
		text += " at " + timeOfDay(ended, a.now)
		if d := a.estimate.Duration; d.Known() {
			text += ", after " + enrich.Words(d.Likely)
		}
	case !a.ended() && !since.IsZero():
		text += " since " + timeOfDay(since, a.now) + ", for " + enrich.Words(a.now.Sub(since))
	}
	if p := a.estimate.Phase; p != "" {
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
func etaBasisText(a *etaAnswer) string {
	d := a.estimate.Duration
	switch d.Basis {
	case forecast.LastBuilds:
		switch d.Samples {
		case 0:
			return "from the mean of the last builds of " + a.pkg
		case 1:
			return "from the last build of " + a.pkg + forTarget(a.target)
		}
		return fmt.Sprintf("from the last %d builds of %s%s", d.Samples, a.pkg, forTarget(a.target))
	case forecast.LastTasks:
		return fmt.Sprintf("from the last %d such tasks", d.Samples)
	case forecast.HubAverage:
		return "from the hub's average of " + a.pkg
	case forecast.Siblings:
		return "from the other arches of this build"
	case forecast.Constant:
		return "from what such tasks usually take"
	}
	return ""
}

// etaChildrenText is a line for each child.
func etaChildrenText(a *etaAnswer, b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 8, 2, ' ', 0)
	for _, c := range a.node.Children {
		_, _ = fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", visible(c.Task.Method), visible(c.Task.Label), c.Task.State, childText(c, a.now))
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
		text += "; " + visible(e.Reason)
	}
	return text
}
