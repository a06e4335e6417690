package filter

import (
	"strings"
	"unicode/utf8"
)

// matchGlob reports whether the whole text matches the pattern, in which * stands for any
// text and ? for one character. Nothing else is special, so brackets, dots and slashes
// match themselves. The running time is bounded by the product of the two lengths.
func matchGlob(pattern, text string) bool {
	if !strings.ContainsAny(pattern, "*?") {
		return pattern == text
	}
	star, mark := -1, 0 // the position after the last *, and the text position tried with it
	p, t := 0, 0
	for t < len(text) {
		_, size := utf8.DecodeRuneInString(text[t:])
		switch {
		case p < len(pattern) && pattern[p] == '*':
			p++
			star, mark = p, t
		case p < len(pattern) && pattern[p] == '?':
			p++
			t += size
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0:
			mark++
			p, t = star, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// anyGlob reports whether one of the texts matches one of the patterns. An unknown text,
// "", matches none.
func anyGlob(patterns []string, texts ...string) bool {
	for _, text := range texts {
		if text == "" {
			continue
		}
		for _, pattern := range patterns {
			if matchGlob(pattern, text) {
				return true
			}
		}
	}
	return false
}
