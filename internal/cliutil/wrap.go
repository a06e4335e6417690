package cliutil

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// gap parts the columns of a line.
var gap = regexp.MustCompile(`(?:^|\S) {2,}`)

// WrapLines breaks lines that are longer than a terminal is wide. What goes into the next
// line stands below the last column of the line or, where that leaves little room, is
// indented. Width 0 breaks none.
func WrapLines(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, ended := strings.CutSuffix(line, "\n")
		b.WriteString(format.Wrap(line, 0, hangOf(line, width), width))
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// hangOf returns the column at which the further lines of a long one begin.
func hangOf(line string, width int) int {
	const further = 4
	hang := len(line) - len(strings.TrimLeft(line, " "))
	if hang > 0 {
		hang += further
	}
	for _, at := range gap.FindAllStringIndex(line, -1) {
		if column := utf8.RuneCountInString(line[:at[1]]); column <= width/2 && at[0] > 0 {
			hang = column
		}
	}
	return hang
}
