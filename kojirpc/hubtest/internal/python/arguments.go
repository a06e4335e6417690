package python

import (
	"fmt"
	"slices"
	"strings"
)

// Arguments are the arguments of a call, matched with its parameters.
type Arguments struct {
	Sig    *Signature
	values []any          // in the order of sig.params
	Rest   []any          // for *args
	Named  map[string]any // for **opts
}

// Bind matches arguments with parameters. Its errors are those of Python.
func (s *Signature) Bind(positional []any, named map[string]any) (*Arguments, error) {
	a := &Arguments{Sig: s, values: make([]any, len(s.Params)), Named: map[string]any{}}
	given := make([]bool, len(s.Params))
	n := copy(a.values, positional)
	for i := range n {
		given[i] = true
	}
	a.Rest = positional[n:]
	for _, name := range sortedKeys(named) {
		i := slices.IndexFunc(s.Params, func(p Param) bool { return p.Name == name })
		switch {
		case i >= 0 && given[i]:
			return nil, s.complain("got multiple values for argument '%s'", name)
		case i >= 0:
			a.values[i], given[i] = named[name], true
		case s.kwargs == "":
			return nil, s.complain("got an unexpected keyword argument '%s'", name)
		default:
			a.Named[name] = named[name]
		}
	}
	if len(a.Rest) > 0 && s.varargs == "" {
		return nil, s.tooMany(len(positional))
	}
	return a, a.fill(given)
}

// fill sets the defaults of arguments that were not given.
func (a *Arguments) fill(given []bool) error {
	var missing []string
	for i, p := range a.Sig.Params {
		switch {
		case given[i]:
		case p.Optional:
			a.values[i] = p.Value
		default:
			missing = append(missing, "'"+p.Name+"'")
		}
	}
	if len(missing) == 0 {
		return nil
	}
	plural := "s"
	if len(missing) == 1 {
		plural = ""
	}
	return a.Sig.complain("missing %d required positional argument%s: %s", len(missing), plural, and(missing))
}

func (s *Signature) complain(format string, args ...any) error {
	return ParameterError("%s() %s", s.Function, fmt.Sprintf(format, args...))
}

func (s *Signature) tooMany(given int) error {
	most, least := len(s.Params), 0
	for _, p := range s.Params {
		if !p.Optional {
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

// and joins items like Python: 'a', 'b', and 'c'.
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

// Get returns the value of a parameter. It panics if the call has no such parameter.
func (a *Arguments) Get(name string) any {
	for i, p := range a.Sig.Params {
		if p.Name == name {
			return a.values[i]
		}
	}
	panic("hubtest: " + a.Sig.Name + " has no parameter " + name)
}

// Truth reports whether the value of a parameter is true in Python's sense.
func (a *Arguments) Truth(name string) bool { return Truth(a.Get(name)) }
