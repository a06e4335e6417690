package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxProblems bounds the text of an error; nobody reads more in one go.
const maxProblems = 100

// Problem is one mistake in a configuration.
type Problem struct {
	// File, Line and Column say where it is, counted from 1. They are zero if
	// the configuration came from no file; Line and Column also if the mistake
	// is in no one place of the file.
	File         string
	Line, Column int
	// Key is the key's full name, like sinks[0].queue.type. It is empty if the
	// mistake is about the file as a whole.
	Key string
	// Message says what is wrong and what to do.
	Message string
}

// String returns the problem as file:line:column: key: message, without the
// parts it lacks.
func (p Problem) String() string {
	var text strings.Builder
	if p.File != "" {
		text.WriteString(p.File + ":")
		if p.Line > 0 {
			fmt.Fprintf(&text, "%d:%d:", p.Line, p.Column)
		}
		text.WriteString(" ")
	}
	if p.Key != "" {
		text.WriteString(p.Key + ": ")
	}
	text.WriteString(p.Message)
	return text.String()
}

// Error is every mistake in a configuration, in the order of the file.
type Error struct {
	Problems []Problem
}

// Error returns the problems, each on a line of its own.
func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for i, problem := range e.Problems {
		if i == maxProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(e.Problems)-i))
			break
		}
		lines = append(lines, problem.String())
	}
	return strings.Join(lines, "\n")
}

// place is where something stands in the file, counted from 1.
type place struct{ line, column int }

// report gathers the problems of one configuration and knows where its keys are.
type report struct {
	file string
	// places holds where each key stands; it is empty without a file.
	places map[string]place
	// sources holds the text of values before their variables were filled in,
	// which is what errors show of them.
	sources map[string]string
	// names holds what keys are called if not by their names in a file.
	names map[string]string
	// faulty holds the keys that have a problem or are around one that has.
	faulty map[string]bool
	// broken holds those that have a problem themselves.
	broken   map[string]bool
	problems []Problem
}

// add notes a problem with a key, at the key's place or at that of the nearest
// key around it.
func (r *report) add(key, format string, args ...any) {
	at := r.places[key]
	for name := key; at == (place{}) && name != ""; {
		name = around(name)
		at = r.places[name]
	}
	r.addAt(at, key, format, args...)
}

// addAt notes a problem with a key at a place.
func (r *report) addAt(at place, key, format string, args ...any) {
	if r.faulty == nil {
		r.faulty, r.broken = map[string]bool{}, map[string]bool{}
	}
	r.broken[key] = true
	for name := key; name != ""; name = around(name) {
		r.faulty[name] = true
	}
	r.problems = append(r.problems, Problem{
		File: r.file, Line: at.line, Column: at.column,
		Key: r.name(key), Message: fmt.Sprintf(format, args...),
	})
}

// name returns what a key is called.
func (r *report) name(key string) string {
	if name, found := r.names[key]; found {
		return name
	}
	return key
}

// given tells whether the file has the key.
func (r *report) given(key string) bool {
	_, found := r.places[key]
	return found
}

// failed tells whether there is a problem with the key, or with one below it, so
// that a rule about it would only repeat or follow from that.
func (r *report) failed(key string) bool { return r.faulty[key] }

// full tells whether there are so many problems that looking for more is no use.
func (r *report) full() bool { return len(r.problems) >= 10*maxProblems }

// show returns a value for an error: never what a variable held, for that is
// where secrets come from.
func (r *report) show(key, value string) string {
	if source, found := r.sources[key]; found {
		return "the value of " + quote(source)
	}
	return quote(value)
}

// err returns the problems, in the order of the file, or nil if there are none.
func (r *report) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Key, b.Key))
	})
	return &Error{Problems: r.problems}
}

// maxShown is how many characters of a value an error shows.
const maxShown = 60

// quote makes a value fit to be shown: short, on one line, free of control
// characters and of what may be a password in a URL.
func quote(value string) string {
	if start := strings.Index(value, "://"); start >= 0 {
		if end := strings.LastIndexByte(value, '@'); end > start {
			value = value[:start+3] + redacted + value[end:]
		}
	}
	if runes := []rune(value); len(runes) > maxShown {
		value = string(runes[:maxShown]) + "…"
	}
	return strconv.Quote(value)
}

// plainKey is what a key looks like. Anything else in its place may be a value
// that slipped, even a secret one, and is not repeated in errors.
var plainKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)

// join returns the full name of a key below another.
func join(around, key string) string {
	if around == "" {
		return key
	}
	return around + "." + key
}

// around returns the full name of the key, or of the list, that a key is in.
func around(key string) string { return key[:max(0, strings.LastIndexAny(key, ".["))] }

// item returns the full name of an item of a list.
func item(list string, index int) string { return list + "[" + strconv.Itoa(index) + "]" }
