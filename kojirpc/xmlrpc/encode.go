package xmlrpc

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// prolog begins every document, in the same spelling as Koji's.
const prolog = "<?xml version='1.0'?>\n"

// AppendCall appends a methodCall to dst, formatted like those of Koji's own client.
// The last of params may be Named. See AppendValue for how values are written. If
// there is an error, it returns dst unchanged.
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

// AppendResponse appends a methodResponse with the result v, formatted like those of a
// hub. If there is an error, it returns dst unchanged.
func AppendResponse(dst []byte, v any) ([]byte, error) {
	e := encoder{out: dst}
	e.put(prolog + "<methodResponse>\n<params>\n<param>\n")
	if err := e.value(v); err != nil {
		return dst, inPath("", -1, err)
	}
	e.put("</param>\n</params>\n</methodResponse>\n")
	return e.out, nil
}

// AppendFault appends the methodResponse of a failed call, formatted like those of a
// hub. If there is an error, it returns dst unchanged.
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
// The types that Decoder.Any returns are written as the kinds from which they come.
// Integers are written as <int> within 32 bits and as <i8> beyond, floats with as many
// digits as Python uses, the members of maps sorted by name. A struct has a member for
// each field, by the rules for reading, in the order of the fields; fields with the tag
// option omitempty are left out if they have their type's zero value. Named string types
// are written as strings, []byte as base64, pointers and interfaces as the values they
// contain. Nil pointers, slices, maps and interfaces are written as nil: for an empty
// array, use an empty slice that is not nil. A Raw is checked and written unchanged.
//
// If there is an error, which is a *PathError, AppendValue returns dst unchanged.
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

// maxEncodeDepth stops the encoding of values that contain themselves.
const maxEncodeDepth = 1000

func (e *encoder) put(s string) { e.out = append(e.out, s...) }

// value writes types that need no reflection, and passes others to reflected.
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

// params writes parameters; wrap writes the tags around each.
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

// named writes named arguments. Like Koji's client, it writes __starstar last.
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
