package xmlrpc

// Array reads an array. It calls fn once before each element, with its index,
// for fn to read it. A nil is an empty array.
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

// Struct reads a struct. It calls fn once before the value of each member, with
// its name, for fn to read it. A nil is an empty struct.
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

// enterArray opens an array. more: the Decoder stands before its first element.
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

// nextElement goes on after an element.
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

// enterStruct opens a struct. more: the Decoder stands before the value of its
// first member, whose name is in d.name.
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

// nextMember goes on after the value of a member.
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

// deepen counts one level of nesting; leave ends it with the container's and
// the value's end tags.
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

// Skip reads over the next value. It checks it like any other.
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

// Raw reads the next value as it stands. It is a copy.
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
