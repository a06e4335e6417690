package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/internal/admin"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// noDaemonError reports that no daemon answers.
type noDaemonError struct{ err error }

func (e *noDaemonError) Error() string {
	return visibleLines(e.err.Error()) + "; is kojiwatch running there, with admin.listen in its configuration?"
}
func (e *noDaemonError) Unwrap() error { return e.err }

// StatusOptions say which daemon to ask, and how to show its answer.
type StatusOptions struct {
	Address string // of the admin listener, as in the configuration
	JSON    bool
	Timeout time.Duration
}

// Status prints how a daemon is doing. An error reports that something is wrong with it
// or, if it is a [*noDaemonError], that it cannot be asked.
func Status(ctx context.Context, streams cliutil.Streams, o StatusOptions) error {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	s, text, err := admin.Status(ctx, o.Address)
	if err != nil {
		return &noDaemonError{err}
	}
	if o.JSON {
		_, err = fmt.Fprintln(streams.Out, visibleJSON(string(text)))
	} else {
		width := cmp.Or(cliutil.TerminalWidth(streams.Out), 80)
		err = (&statusText{s, width, cliutil.WantsColor(streams.Out)}).write(streams.Out, o.Address)
	}
	if n := len(s.Problems); err == nil && n > 0 {
		err = fmt.Errorf("something is wrong with the daemon (problems: %d)", n)
	}
	return err
}

func statusCommand(streams cliutil.Streams) *cobra.Command {
	var opts StatusOptions
	var file string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show how a running daemon is doing",
		Long: `status asks the admin listener of a daemon and shows its broker, its sinks with what
waits for each, its hub and history, and what is wrong, with the last error and what to
do. It exits with 0 if all is well, with 1 if something is wrong, and with 3 if no daemon
answers.

The address comes from --admin or from admin.listen in the file of --config, else from
$` + adminVariable + `, else from the file that "kojiwatch run" would find, else it is
` + defaultAdmin + `.`,
		Example: `  kojiwatch status
  kojiwatch status --config kojiwatch.yaml
  kojiwatch status --json | jq '.sinks[] | {name, state, backlog}'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := findAdmin(opts.Address, file)
			if err != nil {
				return err
			}
			opts.Address = address
			return Status(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	adminFlags(f, &opts.Address, &file, &opts.Timeout, 5*time.Second)
	f.BoolVar(&opts.JSON, "json", false, "print the answer of /api/status, a JSON object")
	return cmd
}

// visibleJSON returns JSON with what is invisible in its strings escaped.
func visibleJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || unicode.IsPrint(r) || r > 0xffff {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}

// statusText shows a status to people.
type statusText struct {
	*status.Status
	width int
	color bool
}

// write writes about ten lines.
func (s *statusText) write(to io.Writer, address string) error {
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
	if len(s.Sinks) > 0 {
		b.WriteByte('\n')
		s.writeSinks(&b)
	}
	b.WriteByte('\n')
	s.writeProblems(&b)
	_, err := io.WriteString(to, b.String())
	return err
}

func (s *statusText) broker() string {
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

// writeSinks writes a table with a line for each sink. Names get what the rest leaves.
func (s *statusText) writeSinks(b *strings.Builder) {
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

// writeProblems writes what is wrong, and what to do. A long error has a few lines.
func (s *statusText) writeProblems(b *strings.Builder) {
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

// paint makes a line green or red where that shows.
func (s *statusText) paint(line string, well bool) string {
	switch {
	case !s.color:
		return line
	case well:
		return "\x1b[32m" + line + "\x1b[0m"
	}
	return "\x1b[31m" + line + "\x1b[0m"
}

// fit cuts a line to the width.
func (s *statusText) fit(line string) string { return cut(strings.TrimRight(line, " "), s.width) }

// cut cuts text to so many characters, and shows that it did.
func cut(text string, width int) string {
	if runes := []rune(text); len(runes) > width {
		return string(runes[:max(width-1, 0)]) + "…"
	}
	return text
}

// fold breaks text into lines of at most so many characters, between words where it can.
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
