package table

import (
	"fmt"
	"slices"
	"strings"
)

// Redraw has texts replace each other on a terminal. The zero value has drawn none.
type Redraw struct {
	// Foot is how many lines at the end stay where there is no room for all; 0: one.
	Foot int

	widths []int // of the lines of the last text
}

// Replace returns a text with the codes before it that clear the last one, if the terminal
// is width characters wide and height lines high; 0 is not known. Lines are cut to the
// width, and of more than fit the height the first and the foot are there: what scrolls
// off can't be cleared.
func (r *Redraw) Replace(text string, width, height int) string {
	var b strings.Builder
	if up := r.rows(width); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\x1b[J", up)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if room := height - 1; height > 3 && len(lines) > room {
		more := fmt.Sprintf("… %d more lines", len(lines)-room+1)
		foot := lines[len(lines)-max(1, min(r.Foot, room-1)):]
		head := room - 1 - len(foot)
		lines = slices.Concat(lines[:head], []string{more}, foot)
	}
	r.widths = r.widths[:0]
	for _, line := range lines {
		if width > 0 {
			line = Cut(line, width)
		}
		r.widths = append(r.widths, Width(line))
		b.WriteString(line + "\n")
	}
	return b.String()
}

// rows returns how many lines of the terminal the last text takes. One that has become
// narrower since has wrapped them.
func (r *Redraw) rows(width int) int {
	rows := len(r.widths)
	for _, w := range r.widths {
		if width > 0 && w > width {
			rows += (w - 1) / width
		}
	}
	return rows
}
