// Package statustext shows the status of a daemon as lines for a terminal.
package statustext

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// text is a status with the form of its lines.
type text struct {
	*status.Status
	width int // in characters
	color bool
}

// Lines returns the status of the daemon whose admin listener has this address: about ten
// lines, none longer than width characters; 0 is 80.
func Lines(of *status.Status, address string, width int, color bool) string {
	s := &text{of, cmp.Or(width, 80), color}
	var b strings.Builder
	line := func(format string, args ...any) {
		fmt.Fprintf(&b, "%s\n", s.fit(cliutil.Visible(fmt.Sprintf(format, args...))))
	}
	line("kojiwatch %s at %s, up %s", s.Version, address, enrich.Words(time.Duration(s.UptimeSeconds)*time.Second))
	line("broker     %s", s.broker())
	if h := s.Hub; h != nil {
		line("hub        %s %s%s", h.Server, h.Answers(), map[bool]string{true: ", logged in"}[h.LoggedIn])
	}
	if h := s.History; h != nil {
		line("history    %d averages learnt, %s", h.Learnt, map[bool]string{true: "on the disk", false: "in memory only"}[h.Kept])
	}
	if e := s.Estimates; e != nil {
		line("estimates  %s", estimatesText(e))
	}
	if t := s.State; t != nil {
		line("state      %s", stateText(t))
	}
	if len(s.Sinks) > 0 {
		b.WriteByte('\n')
		s.writeSinks(&b)
	}
	b.WriteByte('\n')
	s.writeProblems(&b)
	return b.String()
}

func (s *text) broker() string {
	text := cmp.Or(strings.Join(s.Broker.Addresses, ", "), "no session")
	text += fmt.Sprintf(", %d of %d sinks connected", s.Broker.Connected, len(s.Sinks))
	if at := s.Broker.ConnectedSince; !at.IsZero() {
		text += ", for " + status.Ago(s.At, at)
	}
	return text
}

func estimatesText(e *status.Estimates) string {
	text := fmt.Sprintf("%d tasks followed", e.Following)
	if e.Scored > 0 {
		text += fmt.Sprintf("; median error %s, %s within the interval", status.Percent(e.MedianError), status.Percent(e.WithinInterval))
	}
	return text
}

func stateText(t *status.SharedState) string {
	text := fmt.Sprintf("stream %s read up to offset %d", t.Stream, t.Offset)
	if t.LagSeconds >= 1 {
		text += fmt.Sprintf(", the last event %s old", enrich.Words(time.Duration(t.LagSeconds)*time.Second))
	}
	if !t.Connected {
		text += ", no session"
	}
	return text
}

// writeSinks writes a table with a line for each sink. Names are cut so that the rest fits.
func (s *text) writeSinks(b *strings.Builder) {
	const others = 50
	name := len("SINK")
	for i := range s.Sinks {
		name = max(name, len([]rune(cliutil.Visible(s.Sinks[i].Name))))
	}
	name = min(name, max(s.width-others, 8))
	row := func(sink, state, backlog, dead, rate, last string) string {
		return s.fit(fmt.Sprintf("%-*s  %-12s  %8s  %6s  %6s  %6s", name, cut(cliutil.Visible(sink), name), cliutil.Visible(state), backlog, dead, rate, last))
	}
	fmt.Fprintln(b, row("SINK", "STATE", "BACKLOG", "DEAD", "PER S", "LAST"))
	for i := range s.Sinks {
		sink := &s.Sinks[i]
		text := row(sink.Name, string(sink.State), sink.Waiting(), fmt.Sprint(sink.DeadCount()), sink.PerSecond(), status.Ago(s.At, sink.LastDeliveryAt))
		fmt.Fprintln(b, s.paint(text, sink.State == status.Consuming || sink.State == status.Standby))
	}
}

// writeProblems writes each problem with its remedy. A long error takes at most four lines.
func (s *text) writeProblems(b *strings.Builder) {
	if len(s.Problems) == 0 {
		fmt.Fprintln(b, s.paint("all is well", true))
	}
	for _, p := range s.Problems {
		text := p.Text
		if p.Sink != "" {
			text = p.Sink + ": " + text
		}
		if !p.At.IsZero() {
			text += " (" + status.Ago(s.At, p.At) + " ago)"
		}
		for _, line := range fold(cut(cliutil.Visible(text), 4*s.width), s.width-2) {
			fmt.Fprintln(b, s.paint(line, false))
		}
		for _, line := range fold(cliutil.Visible(p.Remedy), s.width-2) {
			fmt.Fprintln(b, "  "+line)
		}
	}
}

// paint colors a line green or red if colors are on.
func (s *text) paint(line string, well bool) string {
	switch {
	case !s.color:
		return line
	case well:
		return "\x1b[32m" + line + "\x1b[0m"
	}
	return "\x1b[31m" + line + "\x1b[0m"
}

// fit cuts a line to the width.
func (s *text) fit(line string) string { return cut(strings.TrimRight(line, " "), s.width) }

// cut shortens text to width characters; an ellipsis marks the cut.
func cut(text string, width int) string {
	if runes := []rune(text); len(runes) > width {
		return string(runes[:max(width-1, 0)]) + "…"
	}
	return text
}

// fold breaks text into lines of at most width characters, between words where possible.
func fold(text string, width int) []string {
	width = max(width, 20)
	var lines []string
	var line []rune
	for word := range strings.FieldsSeq(text) {
		next := []rune(word)
		if len(line) > 0 && len(line)+1+len(next) <= width {
			line = append(append(line, ' '), next...)
			continue
		}
		if len(line) > 0 {
			lines = append(lines, string(line))
		}
		for line = next; len(line) > width; line = line[width:] {
			lines = append(lines, string(line[:width]))
		}
	}
	if len(line) > 0 {
		lines = append(lines, string(line))
	}
	return lines
}
