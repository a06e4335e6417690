package xmlrpc

// member is one member of a struct under construction.
type member struct {
	name  string
	value any
}

// Any reads the next value as the Go value for its kind; see the package's
// documentation.
func (d *Decoder) Any() (any, error) {
	kind, err := d.Kind()
	if err != nil {
		return nil, err
	}
	switch kind {
	case KindNil:
		return nil, d.endNil()
	case KindBoolean:
		return boxed(d.Bool())
	case KindInt:
		return boxed(d.Int())
	case KindDouble:
		return boxed(d.Float())
	case KindBase64:
		return boxed(d.Bytes())
	case KindDateTime:
		return boxed(d.DateTime())
	case KindArray:
		return boxed(d.array())
	case KindStruct:
		return boxed(d.mapping())
	default:
		return boxed(d.Text())
	}
}

// boxed returns v as an any, or nil if there is an error.
func boxed[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

// array reads an array. It collects the elements on a stack shared by all arrays, so
// that the result is allocated once, with its final size.
func (d *Decoder) array() ([]any, error) {
	base := len(d.values)
	more, err := d.enterArray()
	for more && err == nil {
		var v any
		if v, err = d.Any(); err != nil {
			break
		}
		d.values = append(d.values, v)
		more, err = d.nextElement()
	}
	if err != nil {
		return nil, err
	}
	return d.takeValues(base), nil
}

// takeValues takes what is on the stack from base on into a slice of its own.
func (d *Decoder) takeValues(base int) []any {
	out := make([]any, len(d.values)-base)
	copy(out, d.values[base:])
	clear(d.values[base:])
	d.values = d.values[:base]
	return out
}

// mapping reads a struct like array.
func (d *Decoder) mapping() (map[string]any, error) {
	base := len(d.members)
	more, err := d.enterStruct()
	for more && err == nil {
		if d.leaveOut != nil && d.leaveOut(d.name) {
			err = d.Skip()
		} else {
			err = d.keepMember()
		}
		if err == nil {
			more, err = d.nextMember()
		}
	}
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(d.members)-base)
	for _, m := range d.members[base:] {
		out[m.name] = m.value
	}
	clear(d.members[base:])
	d.members = d.members[:base]
	return out, nil
}

// keepMember reads the value of the current member for mapping.
func (d *Decoder) keepMember() error {
	m := member{name: d.names.get(d.name)}
	var err error
	if m.value, err = d.Any(); err == nil {
		d.members = append(d.members, m)
	}
	return err
}
