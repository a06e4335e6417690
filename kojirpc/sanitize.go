package kojirpc

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxErrorText bounds how much of a text of others is shown in an error, in
// bytes.
const maxErrorText = 500

// printable makes of a text of others one printable line of at most limit bytes:
// white space becomes single spaces, and what a terminal would act on U+FFFD.
func printable(s string, limit int) string {
	if len(s) > 8*limit { // white space may shrink, but a book need not be read
		s = s[:8*limit]
	}
	s = strings.Join(strings.Fields(s), " ")
	return shorten(strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s), limit)
}

// sanitize takes out of a text of others what a terminal would act on. Tabs and
// line feeds stay.
func sanitize(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && r != ' ' && !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// shorten cuts a text to at most limit bytes, between two characters.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := max(limit-len("…"), 0)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
