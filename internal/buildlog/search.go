package buildlog

import (
	"regexp"
	"slices"
	"strings"
)

// finding is what a log tells.
type finding struct {
	Cause
	weak bool // another log may tell more
}

// search finds the line of a log that tells the cause: of those that a rule knows the one
// of the highest rank, and of these the first, for what follows an error often follows
// from it.
func search(name string, text []byte) finding {
	s := failedSection(linesOf(text))
	best, at := (*rule)(nil), 0
	for i, line := range s.lines {
		r := ruleFor(name, line)
		if r != nil && (best == nil || r.rank > best.rank || r.rank == best.rank && r.rank <= lastCounts) {
			best, at = r, i
		}
	}
	switch {
	case best != nil:
		return s.finding(best, name, at)
	case s.listed:
		return finding{Cause: Cause{Log: name, Line: forPeople(s.heading(0)), Kind: Files}}
	case s.name != "":
		return s.last(name)
	}
	return finding{}
}

// finding returns what a rule makes of a line.
func (s *section) finding(r *rule, name string, at int) finding {
	line := s.heading(at)
	if r.below {
		line = s.next(at)
	}
	kind := r.kind
	if kind == "" {
		kind = s.kind()
	}
	return finding{Cause{Log: name, Line: forPeople(line), Kind: kind}, r.rank <= weakest}
}

// open matches lines that say nothing without the next.
var open = regexp.MustCompile(`(?::|: error: \[[\w-]+\])$`)

// heading returns a line, and with one that says nothing by itself the next.
func (s *section) heading(at int) string {
	line := s.lines[at]
	if open.MatchString(line) {
		line += " " + s.next(at)
	}
	return line
}

// next returns the next line that is not empty.
func (s *section) next(at int) string {
	for _, line := range s.lines[at+1:] {
		if line != "" {
			return line
		}
	}
	return ""
}

// last returns the last line of a section that says something: whatever failed, it is
// likely to have said why just before.
func (s *section) last(name string) finding {
	for _, line := range slices.Backward(s.lines) {
		if !isNoise(line) {
			return finding{Cause{Log: name, Line: forPeople(line), Kind: s.kind()}, true}
		}
	}
	return finding{}
}

// kind is that of a failure of which no more is known than the section.
func (s *section) kind() Kind {
	switch s.name {
	case "prep":
		return Source
	case "generate_buildrequires":
		return Dependency
	case "conf":
		return Configure
	case "build":
		return Compile
	case "install":
		return Install
	case "check":
		return Test
	}
	if s.listed {
		return Files
	}
	return Other
}

// faultCause is the cause as the fault of a task tells it: its first line, and the last
// one of a traceback.
func faultCause(fault string) Cause {
	lines := strings.Split(strings.TrimSpace(fault), "\n")
	line := lines[0]
	if strings.HasPrefix(line, "Traceback ") {
		line = lines[len(lines)-1]
	}
	c := Cause{Line: forPeople(line), Kind: Other}
	for i := range faultRules {
		if faultRules[i].pattern.MatchString(fault) {
			c.Kind = faultRules[i].kind
			break
		}
	}
	return c
}
