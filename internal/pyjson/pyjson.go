// Package pyjson makes JSON fit for every reader that is only fit for Python: with
// numbers that JSON does not have, or nested without end.
package pyjson

import "bytes"

// Strict returns a text with null for each NaN, Infinity and -Infinity outside of
// its strings, as Python writes floats that JSON has no number for, and whether
// there were any. The text need not be sound otherwise.
func Strict(text []byte) (strict []byte, changed bool) {
	if !bytes.Contains(text, []byte("NaN")) && !bytes.Contains(text, []byte("Infinity")) {
		return text, false
	}
	done := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = stringEnd(text, i)
		case 'N', 'I', '-':
			if n := notFinite(text[i:]); n > 0 {
				strict = append(append(strict, text[done:i]...), "null"...)
				done = i + n
				i = done - 1
			}
		}
	}
	if done == 0 {
		return text, false
	}
	return append(strict, text[done:]...), true
}

// notFinite returns how long the number is that a text begins with if it is one
// that JSON does not have, else 0.
func notFinite(text []byte) int {
	unsigned := bytes.TrimPrefix(text, []byte("-"))
	for _, word := range [...]string{"NaN", "Infinity"} {
		if bytes.HasPrefix(unsigned, []byte(word)) {
			return len(text) - len(unsigned) + len(word)
		}
	}
	return 0
}

// Shallow returns a text with null for each list and object that lies deeper
// than depth, whatever stands in there. It returns the text itself if there are
// none, or if a bracket is missing.
func Shallow(text []byte, depth int) []byte {
	if !Deeper(text, depth) {
		return text
	}
	var shallow []byte
	level, done := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			if level++; level == depth+1 {
				shallow = append(append(shallow, text[done:i]...), "null"...)
			}
		case '}', ']':
			if level--; level == depth {
				done = i + 1
			}
		case '"':
			i = stringEnd(text, i)
		}
	}
	if done == 0 || level > depth {
		return text
	}
	return append(shallow, text[done:]...)
}

// Deeper reports whether lists and objects of a text nest deeper than depth.
func Deeper(text []byte, depth int) bool {
	if bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("[")) <= depth {
		return false // quick to know
	}
	level := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			if level++; level > depth {
				return true
			}
		case '}', ']':
			level--
		case '"':
			i = stringEnd(text, i)
		}
	}
	return false
}

// stringEnd returns the index of the quote that ends the string which begins
// at i, or the last index.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}
