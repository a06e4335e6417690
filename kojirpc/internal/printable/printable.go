// Package printable makes untrusted text safe for errors and terminals.
package printable

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxError is the maximum number of bytes of untrusted text in an error.
const MaxError = 500

// Line turns an untrusted text into one printable line of at most limit bytes. It
// replaces white space by single spaces and unprintable characters by U+FFFD.
func Line(s string, limit int) string {
	if len(s) > 8*limit { // keep more than limit: joining white space shortens the text
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

// Clean replaces the unprintable characters of an untrusted text by U+FFFD, except
// tabs and line feeds.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && r != ' ' && !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// Shorten cuts a text to at most limit bytes, without splitting a character.
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
