package etatext

import (
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestTerminal: a bar is drawn, and each forecast replaces the last.
func TestTerminal(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	n := &forecast.Node{Task: koji.Task{ID: 1, Method: "tagBuild", State: koji.TaskOpen, Started: now.Add(-30 * time.Second)}}
	f := forecast.Forecaster{Past: &forecast.LastRuns{}, Now: now}
	f.Forecast(n, nil)
	a := &live.Answer{Now: now, Node: n, Estimate: n.Estimate}
	var b strings.Builder
	s := &Screen{Out: &b, Terminal: true, Width: 40}
	for range 2 {
		if err := s.Print(a); err != nil {
			t.Fatal(err)
		}
	}
	want := `task 1, tagBuild
  OPEN since 11:59:30, for 30 sec
  done about 12:00:31, in 31 sec
    (between 12:00:09 and 12:01:08)
  from what such tasks usually take
  [##############----------------] 49 %
`
	if got := b.String(); got != want+"\x1b[6A\x1b[J"+want {
		t.Errorf("got\n%q", got)
	}
}

// TestLinesAreReplacedAsTheTerminalShowsThem: a word that does not fit into a line takes
// several, which the next forecast has to clear.
func TestLinesAreReplacedAsTheTerminalShowsThem(t *testing.T) {
	for name, c := range map[string]struct {
		width int
		text  string
		want  string
		lines int
	}{
		"fits":               {30, "  one two\n", "  one two\n", 1},
		"two lines":          {26, "  one two three four five six\n", "  one two three four\n    five six\n", 2},
		"a long word":        {24, "a\n" + strings.Repeat("x", 50) + "\n", "a\n" + strings.Repeat("x", 50) + "\n", 4},
		"no width":           {0, "  one two three four five six\n", "  one two three four five six\n", 1},
		"too narrow to wrap": {10, "  one two three\n", "  one two three\n", 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Screen{Width: c.width}
			if got := s.replace(c.text); got != c.want || s.lines != c.lines {
				t.Errorf("got %d lines, want %d:\n%s", s.lines, c.lines, got)
			}
		})
	}
}
