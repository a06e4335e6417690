// Package printable makes texts of others fit for errors and terminals.
package printable

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxError bounds how much of a text of others an error shows, in bytes.
const MaxError = 500

// Line makes of a text of others one printable line of at most limit bytes:
// white space becomes single spaces, and what a terminal would act on U+FFFD.
func Line(s string, limit int) string {
	if len(s) > 8*limit { // white space may shrink, but not by that much
		s = s[:8*limit]
	}
	s = strings.Join(strings.Fields(s), " ")
	return Shorten(strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s), limit)
}

// Clean takes out of a text of others what a terminal would act on. Tabs and
// line feeds stay.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && r != ' ' && !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// Shorten cuts a text to at most limit bytes, between two characters.
func Shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := max(limit-len("…"), 0)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
