package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/table"
)

// printReports prints campaigns, a line for each.
func printReports(streams cliutil.Streams, all []*campaign.Report, text []byte, asJSON bool) error {
	if asJSON {
		_, err := fmt.Fprintln(streams.Out, visibleJSON(string(text)))
		return err
	}
	t := countsTable(streams, "CAMPAIGN")
	for _, r := range all {
		name := r.Name
		if !r.StoppedAt.IsZero() {
			name += " (stopped)"
		}
		addCounts(t, name, r.Counts)
	}
	_, err := t.WriteTo(streams.Out)
	return err
}

// printReport prints all about one campaign.
func printReport(streams cliutil.Streams, r *campaign.Report, text []byte, asJSON bool) error {
	if asJSON {
		_, err := fmt.Fprintln(streams.Out, visibleJSON(string(text)))
		return err
	}
	if _, err := fmt.Fprint(streams.Out, head(r)); err != nil {
		return err
	}
	for _, part := range []struct {
		title string
		of    map[string]campaign.Counts
	}{{"ARCH", r.Arches}, {"OWNER", r.Owners}} {
		t := countsTable(streams, part.title)
		for _, name := range slices.Sorted(maps.Keys(part.of)) {
			addCounts(t, name, part.of[name])
		}
		if t.Len() == 0 {
			continue
		}
		if _, err := fmt.Fprintln(streams.Out); err != nil {
			return err
		}
		if _, err := t.WriteTo(streams.Out); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(streams.Out, lists(r))
	return err
}

// head says in a few lines how far a campaign is.
func head(r *campaign.Report) string {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(cliutil.Visible(fmt.Sprintf(format, args...)) + "\n")
	}
	line("%s: %d %% of %d", r.Name, r.Percent, r.Total)
	line("  %d to do, %d wait, %d run, %d done, %d failed; %d were tried again", r.ToDo, r.Waiting, r.Running, r.Done, r.Failed, r.Retried)
	switch {
	case !r.StoppedAt.IsZero():
		line("  stopped after %s", enrich.Words(r.StoppedAt.Sub(r.StartedAt)))
	case r.End != nil:
		line("  began %s ago, ends %s (%s – %s)", enrich.Words(r.At.Sub(r.StartedAt)), moment(r.End.At), moment(r.End.Low), moment(r.End.High))
	default:
		line("  began %s ago", enrich.Words(r.At.Sub(r.StartedAt)))
	}
	if !r.Listed {
		line("  what there is to do is not known before it begins")
	}
	return b.String()
}

func moment(t time.Time) string { return t.Local().Format("Mon 2 Jan 15:04") }

// lists names what failed, and what takes long.
func lists(r *campaign.Report) string {
	var b strings.Builder
	if len(r.Failures) > 0 {
		b.WriteString("\nFailures\n")
	}
	for _, f := range r.Failures {
		more := ""
		if f.Count > len(f.Packages) {
			more = ", …"
		}
		b.WriteString(cliutil.Visible(fmt.Sprintf("  %s %d: %s%s", f.Kind, f.Count, strings.Join(f.Packages, ", "), more)) + "\n")
	}
	for _, part := range []struct {
		title string
		of    []campaign.Build
	}{{"Run for the longest time", r.Slowest}, {"Overdue", r.Overdue}} {
		if len(part.of) > 0 {
			b.WriteString("\n" + part.title + "\n")
		}
		for _, x := range part.of {
			b.WriteString(cliutil.Visible(fmt.Sprintf("  %s, task %d: %s", x.Name, x.Task, enrich.Words(r.At.Sub(x.StartedAt)))) + "\n")
		}
	}
	return b.String()
}

func countsTable(streams cliutil.Streams, title string) *table.Table {
	t := &table.Table{Columns: []table.Column{{Title: title, Min: 8}}, Width: cliutil.TerminalWidth(streams.Out)}
	for _, title := range []string{"TO DO", "WAIT", "RUN", "DONE", "FAILED"} {
		t.Columns = append(t.Columns, table.Column{Title: title, Right: true})
	}
	return t
}

func addCounts(t *table.Table, name string, c campaign.Counts) {
	cells := []string{name}
	for _, n := range []int{c.ToDo, c.Waiting, c.Running, c.Done, c.Failed} {
		cells = append(cells, strconv.Itoa(n))
	}
	t.Add(cells...)
}
