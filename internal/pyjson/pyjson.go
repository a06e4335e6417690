// Package pyjson converts Python's JSON, which may contain NaN and infinities or nest very
// deeply, to JSON that every decoder accepts.
package pyjson

import "bytes"

// Strict replaces each NaN, Infinity and -Infinity outside of strings by null, and reports
// whether there were any. Python writes these for floats that JSON does not support. The
// text need not be valid otherwise.
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

// notFinite returns the length of a NaN or infinity at the beginning of a text; 0 if there
// is none.
func notFinite(text []byte) int {
	unsigned := bytes.TrimPrefix(text, []byte("-"))
	for _, word := range [...]string{"NaN", "Infinity"} {
		if bytes.HasPrefix(unsigned, []byte(word)) {
			return len(text) - len(unsigned) + len(word)
		}
	}
	return 0
}

// Shallow replaces each list and object that is nested deeper than depth by null, whatever
// it contains. It returns the text unchanged if there are none, or if a bracket is missing.
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

// Deeper reports whether lists and objects in a text nest deeper than depth.
func Deeper(text []byte, depth int) bool {
	if bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("[")) <= depth {
		return false // fast path
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
