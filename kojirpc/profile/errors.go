package profile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// ErrNoProfile is matched by the error for a profile that no file defines.
var ErrNoProfile = errors.New("no such profile")

// ErrNoMatch is matched by the error for a URL that no profile covers.
var ErrNoMatch = errors.New("no profile covers the URL")

// ErrAmbiguous is matched by the error for a URL that several profiles cover
// equally well.
var ErrAmbiguous = errors.New("several profiles cover the URL")

// Position is a place in a configuration file. The zero Position means that a
// value comes from no file: it is a default.
type Position struct {
	File string // path as it was opened
	Line int    // counted from 1; 0 when the whole file is meant
}

// String gives file:line, the file alone when the line is 0, and "" for the
// zero Position.
func (p Position) String() string {
	if p.Line == 0 {
		return printable(p.File)
	}
	return fmt.Sprintf("%s:%d", printable(p.File), p.Line)
}

// Error is a mistake in a configuration file. It never holds the value of an
// option that is not a profile key, since that may be a secret.
type Error struct {
	At      Position // where the mistake is
	Problem string   // what is wrong
	Remedy  string   // what to do about it
}

// Error gives the place, the problem and the remedy in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s; %s", e.At, e.Problem, e.Remedy)
}

const (
	maxShownNames = 10
	maxShownRunes = 64
)

// quote makes text from a file fit for a terminal and an error of one line.
func quote(s string) string {
	if runes := []rune(s); len(runes) > maxShownRunes {
		s = string(runes[:maxShownRunes]) + "…"
	}
	return strconv.Quote(s)
}

// printable leaves an ordinary path as it is and quotes any other.
func printable(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(path)
	}
	return path
}

// list shows the first names of a list that may be long.
func list(names []string, show func(string) string) string {
	var b strings.Builder
	for i, name := range names {
		if i == maxShownNames {
			fmt.Fprintf(&b, " and %d more", len(names)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(show(name))
	}
	return b.String()
}
