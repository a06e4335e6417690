package hubtest

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// apiText lists the calls of a hub 1.35.3, one a line: the name of the call,
// the name of Python's function behind it, and its parameters.
//
//go:embed api.txt
var apiText string

// signature is what a call takes.
type signature struct {
	name     string // of the call
	function string // Python's name for what is behind it, as in its complaints
	params   []param
	varargs  string // the name of *args, "" if there is none
	kwargs   string // the name of **opts, "" if there is none
	text     string // the parameters as Python writes them, with parentheses
}

type param struct {
	name     string
	optional bool
	value    any // if optional and not given
}

// parseAPI reads apiText.
func parseAPI(text string) ([]signature, error) {
	var sigs []signature
	for line := range strings.Lines(text) {
		s, err := parseSignature(strings.TrimSpace(line))
		if err != nil {
			return nil, err
		}
		sigs = append(sigs, s)
	}
	return sigs, nil
}

func parseSignature(line string) (signature, error) {
	name, rest, ok := strings.Cut(line, " ")
	function, list, ok2 := strings.Cut(rest, "(")
	list, ok3 := strings.CutSuffix(list, ")")
	if !ok || !ok2 || !ok3 {
		return signature{}, fmt.Errorf("hubtest: no signature: %q", line)
	}
	s := signature{name: name, function: function, text: "(" + list + ")"}
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
				return signature{}, fmt.Errorf("hubtest: %s: %w", name, err)
			}
			s.params = append(s.params, p)
		}
	}
	return s, nil
}

func parseParam(item string) (param, error) {
	name, value, optional := strings.Cut(item, "=")
	p := param{name: name, optional: optional}
	switch {
	case !optional, value == "None":
	case value == "True":
		p.value = true
	case value == "False":
		p.value = false
	case strings.HasPrefix(value, "'") && strings.HasSuffix(value, "'") && len(value) > 1:
		p.value = value[1 : len(value)-1]
	default:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return param{}, fmt.Errorf("default of %s: %w", name, err)
		}
		p.value = n
	}
	return p, nil
}

// bound reports whether the function is a method, which Python counts as taking
// one argument more.
func (s *signature) bound() bool { return strings.Contains(s.function, ".") }

// spec is what _listapi says about the call in full: the result of Python's
// inspect.getfullargspec.
func (s *signature) spec() []any {
	names := make([]any, 0, len(s.params))
	var defaults []any // nil if there are none
	for _, p := range s.params {
		names = append(names, p.name)
		if p.optional {
			defaults = append(defaults, p.value)
		}
	}
	return []any{names, orNil(s.varargs), orNil(s.kwargs), defaults, []any{}, nil, map[string]any{}}
}

// list is what _listapi says about the call in short.
func (s *signature) list() []any {
	out := make([]any, 0, len(s.params))
	for _, p := range s.params {
		if p.optional {
			out = append(out, []any{p.name, p.value})
		} else {
			out = append(out, p.name)
		}
	}
	for _, name := range []string{s.varargs, s.kwargs} {
		if name != "" {
			out = append(out, name)
		}
	}
	return out
}
