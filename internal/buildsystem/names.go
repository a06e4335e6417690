package buildsystem

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// Other stands for all names beyond a bound.
	Other = "other"
	// None stands for a name that there is not, or that is not known.
	None = "none"
)

// The bounds of what is counted apart. Fedora has some sixty pairs of channel and arch, as
// many of method and arch, and builds for a few dozen targets at a time; of side tags there
// is no end.
const (
	maxRows    = 100
	maxWorks   = 100
	maxTargets = 100
	maxLabel   = 64
)

// names are the names that something is counted by. They are those that came first.
type names[K comparable] struct {
	most  int
	known map[K]struct{}
	other K
}

func newNames[K comparable](most int, other K) names[K] {
	return names[K]{most, map[K]struct{}{other: {}}, other}
}

// of returns a name that is one of a bounded number.
func (n *names[K]) of(name K) K {
	if _, known := n.known[name]; known {
		return name
	}
	if len(n.known) > n.most {
		return n.other
	}
	n.known[name] = struct{}{}
	return name
}

// label returns a text of a message as one that is fit to be a name; without a text it is
// none.
func label(text, none string) string {
	switch {
	case text == "":
		return none
	case len(text) > maxLabel || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return Other
	}
	return text
}
