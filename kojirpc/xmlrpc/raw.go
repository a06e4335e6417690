package xmlrpc

// Raw is one value as it came, from <value> to </value>, checked but not decoded.
// Its bytes are its own. The nil Raw stands for absent: no value decodes to it.
type Raw []byte

// UnmarshalXMLRPC implements Unmarshaler.
func (r *Raw) UnmarshalXMLRPC(d *Decoder) error {
	raw, err := d.Raw()
	if err == nil {
		*r = raw
	}
	return err
}

// Decode reads the value into what into points to, as DecodeResponse does.
func (r Raw) Decode(lim Limits, into any) error {
	return r.read(lim, func(d *Decoder) error { return d.Value(into) })
}

// Entry reads the value as one entry of the answer to a multiCall; see
// Decoder.Entry.
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
