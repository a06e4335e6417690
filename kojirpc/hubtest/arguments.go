package hubtest

import (
	"fmt"
	"slices"
	"strings"
)

// arguments are those of one call, matched with what it takes.
type arguments struct {
	sig    *signature
	values []any          // in the order of sig.params
	rest   []any          // for *args
	named  map[string]any // for **opts
}

// bind matches arguments with parameters, with the complaints of Python.
func (s *signature) bind(positional []any, named map[string]any) (*arguments, error) {
	a := &arguments{sig: s, values: make([]any, len(s.params)), named: map[string]any{}}
	given := make([]bool, len(s.params))
	n := copy(a.values, positional)
	for i := range n {
		given[i] = true
	}
	a.rest = positional[n:]
	for _, name := range sortedKeys(named) {
		i := slices.IndexFunc(s.params, func(p param) bool { return p.name == name })
		switch {
		case i >= 0 && given[i]:
			return nil, s.complain("got multiple values for argument '%s'", name)
		case i >= 0:
			a.values[i], given[i] = named[name], true
		case s.kwargs == "":
			return nil, s.complain("got an unexpected keyword argument '%s'", name)
		default:
			a.named[name] = named[name]
		}
	}
	if len(a.rest) > 0 && s.varargs == "" {
		return nil, s.tooMany(len(positional))
	}
	return a, a.fill(given)
}

// fill puts the defaults in place of what was not given.
func (a *arguments) fill(given []bool) error {
	var missing []string
	for i, p := range a.sig.params {
		switch {
		case given[i]:
		case p.optional:
			a.values[i] = p.value
		default:
			missing = append(missing, "'"+p.name+"'")
		}
	}
	if len(missing) == 0 {
		return nil
	}
	plural := "s"
	if len(missing) == 1 {
		plural = ""
	}
	return a.sig.complain("missing %d required positional argument%s: %s", len(missing), plural, and(missing))
}

func (s *signature) complain(format string, args ...any) error {
	return parameterError("%s() %s", s.function, fmt.Sprintf(format, args...))
}

func (s *signature) tooMany(given int) error {
	most, least := len(s.params), 0
	for _, p := range s.params {
		if !p.optional {
			least++
		}
	}
	if s.bound() {
		most, least, given = most+1, least+1, given+1
	}
	takes := fmt.Sprint(most)
	if least < most {
		takes = fmt.Sprintf("from %d to %d", least, most)
	}
	plural, were := "s", "were"
	if most == 1 {
		plural = ""
	}
	if given == 1 {
		were = "was"
	}
	return s.complain("takes %s positional argument%s but %d %s given", takes, plural, given, were)
}

// and joins as Python does: 'a', 'b', and 'c'.
func and(items []string) string {
	switch n := len(items); n {
	case 1:
		return items[0]
	case 2:
		return items[0] + " and " + items[1]
	default:
		return strings.Join(items[:n-1], ", ") + ", and " + items[n-1]
	}
}

// get is the value of a parameter. It panics if the call has no such one.
func (a *arguments) get(name string) any {
	for i, p := range a.sig.params {
		if p.name == name {
			return a.values[i]
		}
	}
	panic("hubtest: " + a.sig.name + " has no parameter " + name)
}

// truth is whether Python takes the value of a parameter for true.
func (a *arguments) truth(name string) bool { return truth(a.get(name)) }
