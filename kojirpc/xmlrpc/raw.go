package xmlrpc

// Raw is an encoded value, from <value> to </value>, checked but not decoded. It is a
// copy of the document's bytes. A nil Raw means absent: no value decodes to it.
type Raw []byte

// UnmarshalXMLRPC implements Unmarshaler.
func (r *Raw) UnmarshalXMLRPC(d *Decoder) error {
	raw, err := d.Raw()
	if err == nil {
		*r = raw
	}
	return err
}

// Decode decodes the value into the value into points to, like DecodeResponse.
func (r Raw) Decode(lim Limits, into any) error {
	return r.read(lim, func(d *Decoder) error { return d.Value(into) })
}

// Entry reads the value as an entry of the answer to a multiCall; see Decoder.Entry.
func (r Raw) Entry(lim Limits, into any) error {
	return r.read(lim, func(d *Decoder) error { return d.Entry(into) })
}

func (r Raw) read(lim Limits, read func(*Decoder) error) error {
	d := NewDecoder(r, lim)
	err := read(d)
	if d.scan.Err != nil {
		return d.scan.Err
	}
	if err == nil && d.state == spent {
		err = d.finish()
	}
	return err
}
