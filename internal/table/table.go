// Package table writes tables for people: columns as wide as what is in them, and all
// of them together no wider than the terminal.
package table

import (
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// Column describes a column. One with nothing in it is not shown.
type Column struct {
	Title string
	// Min is the width down to which cells are cut where there is no room; 0: they are
	// not cut.
	Min int
	// Spare columns are left out where there is no room, the highest first; 0: it stays.
	Spare int
	Right bool // aligned to the right
	// Color returns the number of a cell's colour, as terminals take it; "": none. nil: no
	// cell has one.
	Color func(cell string) string
}

// Table is a table. Cells may come from anywhere: what could harm a terminal is escaped.
type Table struct {
	Columns []Column
	// Width is that of the terminal in characters; 0: as wide as it gets.
	Width int
	// NoTitles leaves out the line of titles.
	NoTitles bool

	rows [][]string
}

// gap separates columns.
const gap = "  "

// Add adds a row, with a cell for each column.
func (t *Table) Add(cells ...string) {
	row := make([]string, len(t.Columns))
	for i, c := range cells {
		row[i] = cliutil.Visible(c)
	}
	t.rows = append(t.rows, row)
}

// Len returns the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// WriteTo writes the table. It implements io.WriterTo.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	widths := t.fit()
	var b strings.Builder
	if !t.NoTitles {
		titles := make([]string, len(t.Columns))
		for i := range t.Columns {
			titles[i] = t.Columns[i].Title
		}
		t.line(&b, titles, widths, false)
	}
	for _, row := range t.rows {
		t.line(&b, row, widths, true)
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// line appends a row. Columns without a width are not there.
func (t *Table) line(b *strings.Builder, cells []string, widths []int, colored bool) {
	var line strings.Builder
	for i, cell := range cells {
		width := widths[i]
		if width == 0 {
			continue
		}
		if line.Len() > 0 {
			line.WriteString(gap)
		}
		color := ""
		if of := t.Columns[i].Color; of != nil && colored {
			color = of(cell)
		}
		cell = Cut(cell, width)
		space := strings.Repeat(" ", width-Width(cell))
		cell = Paint(cell, color)
		if t.Columns[i].Right {
			cell, space = space+cell, ""
		}
		line.WriteString(cell + space)
	}
	text := strings.TrimRight(line.String(), " ")
	if t.Width > 0 {
		text = Cut(text, t.Width)
	}
	b.WriteString(text + "\n")
}

// fit returns the widths of the columns, 0 for those that are left out.
func (t *Table) fit() []int {
	widths := t.natural()
	if t.Width == 0 {
		return widths
	}
	for t.least(widths) > t.Width && t.drop(widths) {
	}
	for total(widths) > t.Width && t.shrink(widths, total(widths)-t.Width) {
	}
	return widths
}

// natural returns how wide columns are if there is room.
func (t *Table) natural() []int {
	widths := make([]int, len(t.Columns))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], Width(cell))
		}
	}
	for i := range widths {
		if widths[i] > 0 && !t.NoTitles {
			widths[i] = max(widths[i], Width(t.Columns[i].Title))
		}
	}
	return widths
}

// total returns the width of a line.
func total(widths []int) int {
	sum := -len(gap)
	for _, w := range widths {
		if w > 0 {
			sum += w + len(gap)
		}
	}
	return max(sum, 0)
}

// least returns the width of a line whose cells are cut as far as they may be.
func (t *Table) least(widths []int) int {
	cut := slices.Clone(widths)
	for i := range cut {
		if m := t.Columns[i].Min; m > 0 {
			cut[i] = min(cut[i], m)
		}
	}
	return total(cut)
}

// drop leaves out the column that can best be spared. It reports false if there is none.
func (t *Table) drop(widths []int) bool {
	last := -1
	for i, c := range t.Columns {
		if c.Spare > 0 && widths[i] > 0 && (last < 0 || c.Spare > t.Columns[last].Spare) {
			last = i
		}
	}
	if last < 0 {
		return false
	}
	widths[last] = 0
	return true
}

// shrink cuts the widest column that may be cut, by no more than excess. It reports
// false if there is none.
func (t *Table) shrink(widths []int, excess int) bool {
	widest, second := -1, 0
	for i, c := range t.Columns {
		switch {
		case c.Min == 0 || widths[i] <= c.Min:
		case widest < 0 || widths[i] > widths[widest]:
			if widest >= 0 {
				second = widths[widest]
			}
			widest = i
		default:
			second = max(second, widths[i])
		}
	}
	if widest < 0 {
		return false
	}
	floor := max(t.Columns[widest].Min, min(second, widths[widest]-1))
	widths[widest] = max(floor, widths[widest]-excess)
	return true
}

// Paint returns a text in the colour of a number that terminals take; "": in none.
func Paint(text, color string) string {
	if color == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// Width returns how many places of a terminal a text takes.
func Width(text string) int { return condition().StringWidth(withoutColor(text)) }

// Cut cuts a text to a width, with … at its end if something is missing. What is cut has
// no colours.
func Cut(text string, width int) string {
	plain := withoutColor(text)
	if condition().StringWidth(plain) <= width {
		return text
	}
	return condition().Truncate(plain, width, "…")
}

// withoutColor returns a text without the codes for colours in it.
func withoutColor(text string) string {
	var b strings.Builder
	for {
		before, code, found := strings.Cut(text, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, text, _ = strings.Cut(code, "m")
	}
}

// condition says how wide characters are: those of which terminals do not agree are
// narrow, whatever the locale.
func condition() *runewidth.Condition { return &runewidth.Condition{StrictEmojiNeutral: true} }
