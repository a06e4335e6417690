package profile

import (
	"strings"
	"unicode"
)

// isSpace is Python's str.isspace for one character: it counts the four
// information separators, which Go's does not.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

func strip(s string) string { return strings.TrimFunc(s, isSpace) }

func rstrip(s string) string { return strings.TrimRightFunc(s, isSpace) }

// indent counts the white space, in characters, before the text of a line.
func indent(line string) int {
	n := 0
	for _, r := range line {
		if !isSpace(r) {
			break
		}
		n++
	}
	return n
}

// lower is Python's str.lower, which turns "İ" into two characters. It does not
// know the final form of the Greek sigma: no profile key has one.
func lower(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307"))
}

// universalNewlines turns CR LF and CR into LF, as Python's text files do. The
// other line separators of Unicode end no line there.
func universalNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
