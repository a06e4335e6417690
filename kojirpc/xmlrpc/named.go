package xmlrpc

import (
	"errors"
	"reflect"
)

// starstar marks the struct that holds a call's named arguments.
const starstar = "__starstar"

// Named holds the named arguments of a call. It may only be the last parameter of a
// call; if it is empty, it is left out.
type Named map[string]any

// Call is one call of a multiCall, whose only parameter is a []Call. As in AppendCall,
// the last of Params may be Named.
type Call struct {
	Method string
	Params []any
}

var (
	errNamed    = errors.New("Named may only be the last parameter of a call")
	errStarstar = errors.New("named arguments cannot have the name " + starstar)
	errNoMethod = errors.New("a call without a method name")
)

// SplitNamed splits decoded parameters into positional and named ones. The named ones
// are the members, except __starstar, of a last struct whose member __starstar is true
// in Python's sense. named is nil if there is no such struct. params is not changed.
func SplitNamed(params []any) (positional []any, named map[string]any) {
	if len(params) == 0 {
		return params, nil
	}
	last, ok := params[len(params)-1].(map[string]any)
	if !ok || !truth(last[starstar]) {
		return params, nil
	}
	named = make(map[string]any, len(last)-1)
	for name, value := range last {
		if name != starstar {
			named[name] = value
		}
	}
	return params[: len(params)-1 : len(params)-1], named
}

// truth is Python's bool: nil, false, zero and empty values are false, all others true.
func truth(v any) bool {
	r := reflect.ValueOf(v)
	if !r.IsValid() {
		return false
	}
	switch r.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		return r.Len() > 0
	default:
		return !r.IsZero()
	}
}
