package schema

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/config/values"
)

// MaxProblems is the maximum number of problems in the text of an error.
const MaxProblems = 100

// Problem is one mistake in a configuration.
type Problem struct {
	// File, Line and Column are the position, counted from 1. They are zero if the
	// configuration does not come from a file; Line and Column also if the mistake is not
	// in one place of the file.
	File         string
	Line, Column int
	// Key is the key's full name, like sinks[0].queue.type. It is empty if the
	// mistake is about the file as a whole.
	Key string
	// Message says what is wrong and how to fix it.
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

// Error holds all mistakes in a configuration, in the order of the file.
type Error struct {
	Problems []Problem
}

// Error returns the problems, each on a line of its own.
func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for i, problem := range e.Problems {
		if i == MaxProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(e.Problems)-i))
			break
		}
		lines = append(lines, problem.String())
	}
	return strings.Join(lines, "\n")
}

// place is a position in the file, counted from 1.
type place struct{ line, column int }

// Report collects the problems of one configuration and records the positions of its keys.
// The zero value is a report on a configuration that does not come from a file.
type Report struct {
	file string
	// places holds the position of each key; it is empty without a file.
	places map[string]place
	// sources holds the text of values before variables were expanded, for errors.
	sources map[string]string
	// names maps keys to other names, such as those of flags.
	names map[string]string
	// faulty holds the keys that have a problem, and all keys around them.
	faulty map[string]bool
	// broken holds the keys that have a problem themselves.
	broken   map[string]bool
	problems []Problem
}

// NewReport returns a report on a configuration whose keys are not named as in a file, but
// for example by flags.
func NewReport(names map[string]string) *Report { return &Report{names: names} }

// Sequel returns a report without problems on the same configuration, for problems that
// appear only when a value is used.
func (r *Report) Sequel() *Report { return &Report{file: r.file, places: r.places, names: r.names} }

// Rename gives a key another name.
func (r *Report) Rename(key, name string) { r.names[key] = name }

// Add records a problem with a key, at the position of the key or of the nearest key around
// it.
func (r *Report) Add(key, format string, args ...any) {
	at := r.places[key]
	for name := key; at == (place{}) && name != ""; {
		name = Around(name)
		at = r.places[name]
	}
	r.AddAt(at, key, format, args...)
}

// AddAt records a problem with a key at a position.
func (r *Report) AddAt(at place, key, format string, args ...any) {
	if r.faulty == nil {
		r.faulty, r.broken = map[string]bool{}, map[string]bool{}
	}
	r.broken[key] = true
	for name := key; name != ""; name = Around(name) {
		r.faulty[name] = true
	}
	r.problems = append(r.problems, Problem{
		File: r.file, Line: at.line, Column: at.column,
		Key: r.Name(key), Message: fmt.Sprintf(format, args...),
	})
}

// Append records further problems, except with keys that already have one.
func (r *Report) Append(problems ...Problem) {
	for _, p := range problems {
		if !slices.ContainsFunc(r.problems, func(known Problem) bool { return known.Key == p.Key }) {
			r.problems = append(r.problems, p)
		}
	}
}

// Name returns the name of a key for errors.
func (r *Report) Name(key string) string {
	if name, found := r.names[key]; found {
		return name
	}
	return key
}

// Given reports whether the file has the key.
func (r *Report) Given(key string) bool {
	_, found := r.places[key]
	return found
}

// Broken reports whether there is a problem with the key itself.
func (r *Report) Broken(key string) bool { return r.broken[key] }

// Failed reports whether there is a problem with the key or with a key below it. Further
// rules about such a key would only report consequences.
func (r *Report) Failed(key string) bool { return r.faulty[key] }

// Full reports whether there are so many problems that it is useless to look for more.
func (r *Report) Full() bool { return len(r.problems) >= 10*MaxProblems }

// Show returns a value for an error, with variables not expanded, since they may hold
// secrets.
func (r *Report) Show(key, value string) string {
	if source, found := r.sources[key]; found {
		return "the value of " + Quote(source)
	}
	return Quote(value)
}

// Problems returns the problems in the order in which they were found.
func (r *Report) Problems() []Problem { return r.problems }

// Err returns the problems, in the order of the file, or nil if there are none.
func (r *Report) Err() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Key, b.Key))
	})
	return &Error{Problems: r.problems}
}

// maxShown bounds the characters of a value that an error shows.
const maxShown = 60

// Quote returns a value that is safe to show: short, on one line, without control characters
// or the password of a URL.
func Quote(value string) string {
	if start := strings.Index(value, "://"); start >= 0 {
		if end := strings.LastIndexByte(value, '@'); end > start {
			value = value[:start+3] + values.Redacted + value[end:]
		}
	}
	if runes := []rune(value); len(runes) > maxShown {
		value = string(runes[:maxShown]) + "…"
	}
	return strconv.Quote(value)
}

// plainKey matches text that looks like a key. Other text in the place of a key may be a
// misplaced secret, so errors do not repeat it.
var plainKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)

// Join returns the full name of a key below another.
func Join(around, key string) string {
	if around == "" {
		return key
	}
	return around + "." + key
}

// Around returns the full name of the key, or of the list, that a key is in.
func Around(key string) string { return key[:max(0, strings.LastIndexAny(key, ".["))] }

// Item returns the full name of an item of a list.
func Item(list string, index int) string { return list + "[" + strconv.Itoa(index) + "]" }
