package profile

import (
	"strings"
	"unicode"
)

// isSpace is Python's str.isspace for one character: unlike unicode.IsSpace, it includes
// the four information separators.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

func strip(s string) string { return strings.TrimFunc(s, isSpace) }

func rstrip(s string) string { return strings.TrimRightFunc(s, isSpace) }

// indent returns the number of white space characters before the text of a line.
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

// lower is Python's str.lower, which converts "İ" to two characters. It ignores the
// final form of the Greek sigma, which no profile key contains.
func lower(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307"))
}

// universalNewlines converts CR LF and CR to LF, like Python's text files. Unicode's
// other line separators do not end a line there.
func universalNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
