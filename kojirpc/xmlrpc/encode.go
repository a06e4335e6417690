package xmlrpc

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// prolog begins every document, spelled as Koji does.
const prolog = "<?xml version='1.0'?>\n"

// AppendCall appends a methodCall to dst, laid out as Koji's own client does.
// The last of params may be Named. What values become is said at AppendValue.
// With an error, dst is returned as it was.
func AppendCall(dst []byte, method string, params ...any) ([]byte, error) {
	if method == "" {
		return dst, &PathError{Offset: -1, Err: errNoMethod}
	}
	e := encoder{out: dst}
	e.put(prolog + "<methodCall>\n<methodName>")
	if err := e.text(method); err != nil {
		return dst, inPath("methodName", -1, err)
	}
	e.put("</methodName>\n<params>\n")
	err := e.params(params, func(write func() error) error {
		e.put("<param>\n")
		err := write()
		e.put("</param>\n")
		return err
	})
	if err != nil {
		return dst, inPath("params", -1, err)
	}
	e.put("</params>\n</methodCall>\n")
	return e.out, nil
}

// AppendResponse appends the methodResponse that returns v, laid out as a hub
// does. With an error, dst is returned as it was.
func AppendResponse(dst []byte, v any) ([]byte, error) {
	e := encoder{out: dst}
	e.put(prolog + "<methodResponse>\n<params>\n<param>\n")
	if err := e.value(v); err != nil {
		return dst, inPath("", -1, err)
	}
	e.put("</param>\n</params>\n</methodResponse>\n")
	return e.out, nil
}

// AppendFault appends the methodResponse of a failed call, laid out as a hub
// does. With an error, dst is returned as it was.
func AppendFault(dst []byte, f *Fault) ([]byte, error) {
	if f == nil {
		return dst, &PathError{Offset: -1, Err: errors.New("no fault to write")}
	}
	e := encoder{out: dst}
	e.put(prolog + "<methodResponse>\n<fault>\n")
	if err := e.value(f); err != nil {
		return dst, inPath("", -1, err)
	}
	e.put("</fault>\n</methodResponse>\n")
	return e.out, nil
}

// AppendValue appends one <value> element and a line break.
//
// What Decoder.Any returns is written as what it was. Integers are <int> within
// 32 bits and <i8> beyond, floats have as many digits as Python gives them,
// members of maps are in the order of their names. Structs have a member for
// each field, by the rules for reading, in the order of the fields; with the
// tag option omitempty, not if the field is its type's zero value. Named string
// types are strings, []byte is base64, pointers and interfaces are what they
// hold. Nil pointers, slices, maps and interfaces are nil: an empty array is a
// slice that is empty, not nil. A Raw is checked and written as it stands.
//
// With an error, a *PathError, dst is returned as it was.
func AppendValue(dst []byte, v any) ([]byte, error) {
	e := encoder{out: dst}
	if err := e.value(v); err != nil {
		return dst, inPath("", -1, err)
	}
	return e.out, nil
}

// encoder appends to out.
type encoder struct {
	out   []byte
	depth int
}

// maxEncodeDepth ends the writing of values that contain themselves.
const maxEncodeDepth = 1000

func (e *encoder) put(s string) { e.out = append(e.out, s...) }

// value writes the types that need no reflection, and leaves the others.
func (e *encoder) value(v any) error {
	if e.depth++; e.depth > maxEncodeDepth {
		return fmt.Errorf("more than %d levels of nesting", maxEncodeDepth)
	}
	defer func() { e.depth-- }()
	switch v := v.(type) {
	case nil:
		e.null()
	case bool:
		e.boolean(v)
	case int:
		e.integer(int64(v))
	case int64:
		e.integer(v)
	case float64:
		return e.double(v, 64)
	case string:
		return e.str("string", v)
	case DateTime:
		return e.str("dateTime.iso8601", string(v))
	case []byte:
		e.base64(v)
	case Raw:
		return e.raw(v)
	case []any:
		return e.array(v == nil, len(v), func(i int) error { return e.value(v[i]) })
	case map[string]any:
		return e.mapping(v)
	case Named, *Named:
		return errNamed
	case Call:
		return e.call(v)
	default:
		return e.reflected(v)
	}
	return nil
}

func (e *encoder) array(isNil bool, n int, elem func(i int) error) error {
	if isNil {
		e.null()
		return nil
	}
	e.put("<value><array><data>\n")
	for i := range n {
		if err := elem(i); err != nil {
			return inPath(indexStep(i), -1, err)
		}
	}
	e.put("</data></array></value>\n")
	return nil
}

func (e *encoder) mapping(m map[string]any) error {
	if m == nil {
		e.null()
		return nil
	}
	e.put("<value><struct>\n")
	if err := e.members(m); err != nil {
		return err
	}
	e.put("</struct></value>\n")
	return nil
}

func (e *encoder) members(m map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if err := e.member(name, m[name]); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) member(name string, v any) error {
	e.put("<member>\n<name>")
	if err := e.text(name); err != nil {
		return inPath(memberStep(name), -1, err)
	}
	e.put("</name>\n")
	if err := e.value(v); err != nil {
		return inPath(memberStep(name), -1, err)
	}
	e.put("</member>\n")
	return nil
}

// call writes one call of a multiCall.
func (e *encoder) call(c Call) error {
	if c.Method == "" {
		return errNoMethod
	}
	e.put("<value><struct>\n")
	if err := e.member("methodName", c.Method); err != nil {
		return err
	}
	e.put("<member>\n<name>params</name>\n<value><array><data>\n")
	err := e.params(c.Params, func(write func() error) error { return write() })
	if err != nil {
		return inPath(".params", -1, err)
	}
	e.put("</data></array></value>\n</member>\n</struct></value>\n")
	return nil
}

// params writes parameters, each within what wrap puts around it.
func (e *encoder) params(params []any, wrap func(write func() error) error) error {
	for i, p := range params {
		write := func() error { return e.value(p) }
		if named, ok := p.(Named); ok && i == len(params)-1 {
			if len(named) == 0 {
				return nil
			}
			write = func() error { return e.named(named) }
		}
		if err := wrap(write); err != nil {
			return inPath(indexStep(i), -1, err)
		}
	}
	return nil
}

// named writes named arguments; Koji's client puts the mark last.
func (e *encoder) named(n Named) error {
	if _, taken := n[starstar]; taken {
		return errStarstar
	}
	e.put("<value><struct>\n")
	if err := e.members(n); err != nil {
		return err
	}
	if err := e.member(starstar, true); err != nil {
		return err
	}
	e.put("</struct></value>\n")
	return nil
}
