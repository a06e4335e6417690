package xmlrpc

// Array reads an array. It calls fn with the index of each element; fn reads the
// element. A nil is an empty array.
func (d *Decoder) Array(fn func(i int) error) error {
	more, err := d.enterArray()
	for i := 0; more && err == nil; i++ {
		if err := fn(i); err != nil {
			return d.at(indexStep(i), err)
		}
		more, err = d.nextElement()
	}
	return err
}

// Struct reads a struct. It calls fn with the name of each member; fn reads the
// member's value. A nil is an empty struct.
func (d *Decoder) Struct(fn func(name string) error) error {
	more, err := d.enterStruct()
	for more && err == nil {
		name := d.names.get(d.name)
		if err := fn(name); err != nil {
			return d.at(memberStep(name), err)
		}
		more, err = d.nextMember()
	}
	return err
}

// enterArray reads the start of an array. more reports whether an element follows.
func (d *Decoder) enterArray() (more bool, err error) {
	if ok, err := d.want(KindArray); !ok {
		return false, err
	}
	if d.form == voidType {
		return false, d.scan.Fail(d.start, "an array without <data>")
	}
	if err := d.deepen(); err != nil {
		return false, err
	}
	void, err := d.scan.Open("data")
	if err != nil {
		return false, err
	}
	if void {
		return false, d.leave("array")
	}
	return d.element()
}

// nextElement moves to the next element.
func (d *Decoder) nextElement() (more bool, err error) {
	if err := d.settle(); err != nil {
		return false, err
	}
	return d.element()
}

func (d *Decoder) element() (more bool, err error) {
	end, err := d.scan.AtEnd()
	if err != nil {
		return false, err
	}
	if !end {
		d.state = ready
		return true, nil
	}
	if err := d.scan.Close("data"); err != nil {
		return false, err
	}
	return false, d.leave("array")
}

// enterStruct reads the start of a struct. more reports whether a member follows; its
// name is then in d.name, and its value is next.
func (d *Decoder) enterStruct() (more bool, err error) {
	if ok, err := d.want(KindStruct); !ok {
		return false, err
	}
	if d.form == voidType {
		return false, d.end()
	}
	if err := d.deepen(); err != nil {
		return false, err
	}
	return d.member()
}

// nextMember moves to the next member.
func (d *Decoder) nextMember() (more bool, err error) {
	if err := d.settle(); err != nil {
		return false, err
	}
	if err := d.scan.Close("member"); err != nil {
		return false, err
	}
	return d.member()
}

func (d *Decoder) member() (more bool, err error) {
	end, err := d.scan.AtEnd()
	if err != nil {
		return false, err
	}
	if end {
		return false, d.leave("struct")
	}
	void, err := d.scan.Open("member")
	if err != nil {
		return false, err
	}
	if void {
		return false, d.scan.Fail(d.scan.Pos, "a member without name and value")
	}
	if void, err = d.scan.Open("name"); err != nil {
		return false, err
	}
	d.name = nil
	if !void {
		if d.name, err = d.scan.Text(); err != nil {
			return false, err
		}
		if err := d.scan.Close("name"); err != nil {
			return false, err
		}
	}
	d.state = ready
	return true, nil
}

// deepen enters a level of nesting; leave leaves it and reads the end tags of the
// container and the value.
func (d *Decoder) deepen() error {
	if d.depth++; d.depth > d.lim.Depth {
		d.scan.Err = &LimitError{What: "levels of nesting", Limit: d.lim.Depth, Offset: d.start}
		return d.scan.Err
	}
	d.state = spent
	return nil
}

func (d *Decoder) leave(typ string) error {
	d.depth--
	d.form, d.typ = typed, typ
	return d.end()
}

// Skip skips the next value, but still checks it.
func (d *Decoder) Skip() error {
	kind, err := d.Kind()
	if err != nil {
		return err
	}
	switch kind {
	case KindNil:
		return d.endNil()
	case KindBoolean:
		_, err = d.Bool()
	case KindInt:
		_, err = d.Int()
	case KindDouble:
		_, err = d.Float()
	case KindBase64:
		_, err = d.Bytes()
	case KindArray:
		more, err := d.enterArray()
		for more && err == nil {
			more, err = d.nextElement()
		}
		return err
	case KindStruct:
		more, err := d.enterStruct()
		for more && err == nil {
			more, err = d.nextMember()
		}
		return err
	default:
		_, err = d.content()
	}
	return err
}

// Raw returns a copy of the next value's bytes.
func (d *Decoder) Raw() (Raw, error) {
	if err := d.begin(); err != nil {
		return nil, err
	}
	start := d.start
	if err := d.Skip(); err != nil {
		return nil, err
	}
	return append(Raw(nil), d.scan.Data[start:d.scan.Pos]...), nil
}
