package cliutil

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// gap matches the space between the columns of a line.
var gap = regexp.MustCompile(`(?:^|\S) {2,}`)

// WrapLines wraps lines longer than width. The continuation is aligned with the last column
// of the line or, if that leaves little room, indented. Width 0 means no limit.
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

// hangOf returns the column at which the continuation of a line begins.
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
