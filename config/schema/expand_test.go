package schema

import (
	"errors"
	"testing"
)

func TestExpand(t *testing.T) {
	env := func(name string) (string, bool) {
		value, found := map[string]string{"A": "one", "EMPTY": "", "DOLLAR": "${A}$$"}[name]
		return value, found
	}
	tests := map[string]struct {
		want string
		err  error
	}{
		"":            {"", nil},
		"plain":       {"plain", nil},
		"${A}":        {"one", nil},
		"x${A}y${A}z": {"xoneyonez", nil},
		"$$":          {"$", nil},
		"$${A}":       {"${A}", nil},
		"a$$$${A}":    {"a$${A}", nil},
		"$$${A}":      {"$one", nil},
		"${EMPTY}":    {"", nil},
		"${EMPTY:-x}": {"x", nil},
		"${NONE:-x}":  {"x", nil},
		"${NONE:-}":   {"", nil},
		"${A:-x}":     {"one", nil},
		"${N:-a:-b}":  {"a:-b", nil},
		"${N:-$$}":    {"$", nil},
		"${DOLLAR}":   {"${A}$$", nil}, // values of variables are not expanded again
		"${NONE}":     {"", unsetError{"NONE"}},
		"x${NONE}":    {"", errUnset},
		"$A":          {"", errDollar},
		"$":           {"", errDollar},
		"$(A)":        {"", errDollar},
		"${A":         {"", errOpen},
		"${}":         {"", errVariable},
		"${A-x}":      {"", errVariable},
		"${ A }":      {"", errVariable},
		"${1A}":       {"", errVariable},
		"${N:-${A}}":  {"", errNested},
	}
	for text, test := range tests {
		if got, err := expand(text, env); got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%q: got %q, %v; want %q, %v", text, got, err, test.want, test.err)
		}
	}
}
