package profile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// ErrNoProfile reports that no file defines a profile.
var ErrNoProfile = errors.New("no such profile")

// ErrNoMatch reports that no profile covers a URL.
var ErrNoMatch = errors.New("no profile covers the URL")

// ErrAmbiguous reports that several profiles cover a URL equally well.
var ErrAmbiguous = errors.New("several profiles cover the URL")

// Position is a place in a configuration file. The zero Position means that a value
// is a default.
type Position struct {
	File string // path of the file as opened
	Line int    // starting at 1; 0 means the whole file
}

// String returns file:line, or only the file if the line is 0, or "" for the zero
// Position.
func (p Position) String() string {
	if p.Line == 0 {
		return printable(p.File)
	}
	return fmt.Sprintf("%s:%d", printable(p.File), p.Line)
}

// Error is a mistake in a configuration file. It never quotes the value of an option
// that is not a key of Koji, because it may be a secret.
type Error struct {
	At      Position // where the mistake is
	Problem string   // what is wrong
	Remedy  string   // what to do about it
}

// Error returns the place, the problem and the remedy in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s; %s", e.At, e.Problem, e.Remedy)
}

const (
	maxShownNames = 10
	maxShownRunes = 64
)

// quote quotes and shortens text from a file for an error of one line.
func quote(s string) string {
	if runes := []rune(s); len(runes) > maxShownRunes {
		s = string(runes[:maxShownRunes]) + "…"
	}
	return strconv.Quote(s)
}

// printable quotes a path if it contains unprintable characters.
func printable(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(path)
	}
	return path
}

// list joins the first names of a list that may be long.
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
