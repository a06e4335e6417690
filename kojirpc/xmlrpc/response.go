package xmlrpc

// DecodeResponse decodes the answer to a call into the value into points to, as described
// in the package's documentation. If into is nil, it only checks the answer.
//
// If the answer is a fault, the error is the *Fault. It is a *SyntaxError if the document
// is not an XML-RPC response, a *LimitError if it exceeds lim, and a *PathError if its
// value does not fit into.
func DecodeResponse(data []byte, lim Limits, into any) error {
	return readResponse(data, lim, func(d *Decoder) error { return d.Value(into) })
}

// readResponse reads the document around the value. It returns the error of read only if
// the document is well-formed.
func readResponse(data []byte, lim Limits, read func(*Decoder) error) error {
	d := newDecoder(data, lim)
	if err := d.root("methodResponse"); err != nil {
		return err
	}
	parent, err := d.responseBody()
	if err != nil {
		return err
	}
	if parent == "fault" {
		read = (*Decoder).fault
	}
	d.state = ready
	start := d.mark()
	result := read(d)
	if result != nil {
		d.reset(start)
	}
	if err := d.settle(); err != nil {
		return err
	}
	if err := d.responseEnd(parent); err != nil {
		return err
	}
	return result
}

// responseBody reads the start tags before the value. parent is params or fault.
func (d *Decoder) responseBody() (parent string, err error) {
	if err := d.scan.Space(); err != nil {
		return "", err
	}
	start := d.scan.Pos
	t, err := d.scan.Tag("<params> or <fault>")
	if err != nil {
		return "", err
	}
	parent = string(t.Name)
	if t.End || t.Void || parent != "params" && parent != "fault" {
		return "", d.scan.Fail(start, "want <params> or <fault>, got %s", t)
	}
	if parent == "fault" {
		return parent, nil
	}
	void, err := d.scan.Open("param")
	if err == nil && void {
		err = d.scan.Fail(start, "a response without a value")
	}
	return parent, err
}

func (d *Decoder) responseEnd(parent string) error {
	if parent == "params" {
		if err := d.scan.Close("param"); err != nil {
			return err
		}
	}
	if err := d.scan.Close(parent); err != nil {
		return err
	}
	if err := d.scan.Close("methodResponse"); err != nil {
		return err
	}
	return d.finish()
}

// position is a place in the document to which the Decoder can return.
type position struct {
	cursor
	pos, depth, elements int
}

func (d *Decoder) mark() position {
	return position{d.cursor, d.scan.Pos, d.depth, d.elements}
}

func (d *Decoder) reset(p position) {
	d.cursor, d.scan.Pos, d.depth, d.elements = p.cursor, p.pos, p.depth, p.elements
}
