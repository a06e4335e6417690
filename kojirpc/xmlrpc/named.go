package xmlrpc

import (
	"errors"
	"reflect"
)

// starstar marks the struct that holds a call's named arguments.
const starstar = "__starstar"

// Named holds the named arguments of a call. It is the last parameter of the
// call and nothing else; an empty one is as good as none.
type Named map[string]any

// Call is one call inside a multiCall, whose only parameter is a []Call. As in
// AppendCall, the last of Params may be Named.
type Call struct {
	Method string
	Params []any
}

var (
	errNamed    = errors.New("Named is a call's last parameter and nothing else")
	errStarstar = errors.New("named arguments cannot have the name " + starstar)
	errNoMethod = errors.New("a call without a method name")
)

// SplitNamed divides decoded parameters into the positional and the named ones.
// Named ones are the members, but for __starstar, of a struct that comes last
// and in which __starstar is true as Python understands it. named is nil if
// there is no such struct. params stays as it is.
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

// truth is Python's: everything is true but nil, false, zero and what is empty.
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
