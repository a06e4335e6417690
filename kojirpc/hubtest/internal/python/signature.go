// Package python treats calls and values like Koji's hub, which is written in Python: it
// matches arguments with parameters, determines which values are true, formats values,
// and raises exceptions.
package python

import (
	"fmt"
	"strconv"
	"strings"
)

// Signature is the signature of a call.
type Signature struct {
	Name     string // of the call
	Function string // the name of the Python function, as in error messages
	Params   []Param
	varargs  string // the name of *args; "" if there is none
	kwargs   string // the name of **opts; "" if there is none
	Text     string // the parameters in Python's notation, with parentheses
}

// Param is one parameter of a call.
type Param struct {
	Name     string
	Optional bool
	Value    any // if optional and not given
}

// ParseAPI parses signatures, one per line: the name of the call, the name of the Python
// function, and the parameters.
func ParseAPI(text string) ([]Signature, error) {
	var sigs []Signature
	for line := range strings.Lines(text) {
		s, err := parseSignature(strings.TrimSpace(line))
		if err != nil {
			return nil, err
		}
		sigs = append(sigs, s)
	}
	return sigs, nil
}

func parseSignature(line string) (Signature, error) {
	name, rest, ok := strings.Cut(line, " ")
	function, list, ok2 := strings.Cut(rest, "(")
	list, ok3 := strings.CutSuffix(list, ")")
	if !ok || !ok2 || !ok3 {
		return Signature{}, fmt.Errorf("hubtest: no signature: %q", line)
	}
	s := Signature{Name: name, Function: function, Text: "(" + list + ")"}
	if list == "" {
		return s, nil
	}
	for item := range strings.SplitSeq(list, ", ") {
		switch {
		case strings.HasPrefix(item, "**"):
			s.kwargs = item[2:]
		case strings.HasPrefix(item, "*"):
			s.varargs = item[1:]
		default:
			p, err := parseParam(item)
			if err != nil {
				return Signature{}, fmt.Errorf("hubtest: %s: %w", name, err)
			}
			s.Params = append(s.Params, p)
		}
	}
	return s, nil
}

func parseParam(item string) (Param, error) {
	name, value, optional := strings.Cut(item, "=")
	p := Param{Name: name, Optional: optional}
	switch {
	case !optional, value == "None":
	case value == "True":
		p.Value = true
	case value == "False":
		p.Value = false
	case strings.HasPrefix(value, "'") && strings.HasSuffix(value, "'") && len(value) > 1:
		p.Value = value[1 : len(value)-1]
	default:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return Param{}, fmt.Errorf("default of %s: %w", name, err)
		}
		p.Value = n
	}
	return p, nil
}

// bound reports whether the function is a method, for which Python counts one more
// argument.
func (s *Signature) bound() bool { return strings.Contains(s.Function, ".") }

// Spec returns the argspec of the call in the answer of _listapi: the result of Python's
// inspect.getfullargspec.
func (s *Signature) Spec() []any {
	names := make([]any, 0, len(s.Params))
	var defaults []any // nil if there are none
	for _, p := range s.Params {
		names = append(names, p.Name)
		if p.Optional {
			defaults = append(defaults, p.Value)
		}
	}
	return []any{names, OrNil(s.varargs), OrNil(s.kwargs), defaults, []any{}, nil, map[string]any{}}
}

// List returns the args of the call in the answer of _listapi.
func (s *Signature) List() []any {
	out := make([]any, 0, len(s.Params))
	for _, p := range s.Params {
		if p.Optional {
			out = append(out, []any{p.Name, p.Value})
		} else {
			out = append(out, p.Name)
		}
	}
	for _, name := range []string{s.varargs, s.kwargs} {
		if name != "" {
			out = append(out, name)
		}
	}
	return out
}
