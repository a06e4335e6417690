package buildlog

import (
	"regexp"
	"slices"
	"strings"
)

// finding is the cause found in a log.
type finding struct {
	Cause
	weak bool // another log may have a better one
}

// search finds the line of a log that states the cause: the line whose rule has the highest
// rank, and the first of several, since later errors are often consequences.
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

// finding returns the cause that a line states, by a rule.
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

// open matches lines that make no sense without the next line.
var open = regexp.MustCompile(`(?::|: error: \[[\w-]+\])$`)

// heading returns a line, joined with the next one if it makes no sense by itself.
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

// last returns the last meaningful line of a section, which is likely to state why the program
// failed.
func (s *section) last(name string) finding {
	for _, line := range slices.Backward(s.lines) {
		if !isNoise(line) {
			return finding{Cause{Log: name, Line: forPeople(line), Kind: s.kind()}, true}
		}
	}
	return finding{}
}

// kind returns the kind of a failure of which only the section is known.
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

// faultCause returns the cause from the fault of a task: its first line, or the last line of a
// traceback.
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
