package table

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func text(t *testing.T, tab *Table) string {
	t.Helper()
	var b strings.Builder
	if _, err := tab.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func builds(width int) *Table {
	tab := &Table{Width: width, Columns: []Column{
		{Title: "BUILD", Right: true}, {Title: "NVR", Min: 12}, {Title: "STATE"}, {Title: "OWNER", Min: 5, Spare: 1}, {Title: "NOTE"},
		{Title: "TASK", Right: true, Spare: 2},
	}}
	tab.Add("9", "rust-ripgrep-13.0.0-1.fc44", "COMPLETE", "alice", "", "12345678")
	tab.Add("123456", "kůň-11-1", "FAILED", "李雷\x1b[31m", "", "7")
	return tab
}

func TestTableFits(t *testing.T) {
	for name, tt := range map[string]struct {
		width int
		want  string
	}{
		"as wide as it gets": {0, ` BUILD  NVR                         STATE     OWNER             TASK
     9  rust-ripgrep-13.0.0-1.fc44  COMPLETE  alice         12345678
123456  kůň-11-1                    FAILED    李雷\x1b[31m         7
`},
		"cut": {50, ` BUILD  NVR           STATE     OWNER         TASK
     9  rust-ripgre…  COMPLETE  alice     12345678
123456  kůň-11-1      FAILED    李雷\x1…         7
`},
		"without what can be spared": {40, ` BUILD  NVR           STATE     OWNER
     9  rust-ripgre…  COMPLETE  alice
123456  kůň-11-1      FAILED    李雷\x1…
`},
		"too narrow for all": {20, ` BUILD  NVR        …
     9  rust-ripgre…
123456  kůň-11-1   …
`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := text(t, builds(tt.width)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestTableWidth: no line is wider than the terminal, and none ends a line early.
func TestTableWidth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tab := &Table{Width: rapid.IntRange(1, 60).Draw(rt, "width")}
		n := rapid.IntRange(1, 6).Draw(rt, "columns")
		for range n {
			tab.Columns = append(tab.Columns, Column{
				Title: rapid.StringMatching(`[A-Z]{1,6}`).Draw(rt, "title"), Min: rapid.IntRange(0, 8).Draw(rt, "min"),
				Spare: rapid.IntRange(0, 3).Draw(rt, "spare"), Right: rapid.Bool().Draw(rt, "right"),
			})
		}
		rows := rapid.IntRange(0, 4).Draw(rt, "rows")
		for range rows {
			tab.Add(rapid.SliceOfN(rapid.String(), n, n).Draw(rt, "cells")...)
		}
		var b strings.Builder
		if _, err := tab.WriteTo(&b); err != nil {
			rt.Fatal(err)
		}
		if lines := strings.Count(b.String(), "\n"); lines != rows+1 {
			rt.Errorf("%d lines of %d rows", lines, rows)
		}
		for line := range strings.Lines(b.String()) {
			if w := Width(strings.TrimSuffix(line, "\n")); w > tab.Width {
				rt.Errorf("%d wide, not %d: %q", w, tab.Width, line)
			}
		}
	})
}
