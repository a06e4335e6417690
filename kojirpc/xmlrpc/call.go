package xmlrpc

import "bytes"

// DecodeCall reads a methodCall: the method's name and its parameters. params is
// empty for a call without parameters. Named arguments are still the last parameter;
// see SplitNamed.
func DecodeCall(data []byte, lim Limits) (method string, params []any, err error) {
	return decodeCall(data, lim, nil)
}

func decodeCall(data []byte, lim Limits, leaveOut func(name []byte) bool) (method string, params []any, err error) {
	d := newDecoder(data, lim)
	d.leaveOut = leaveOut
	if err := d.root("methodCall"); err != nil {
		return "", nil, err
	}
	if method, err = d.methodName(); err != nil {
		return "", nil, err
	}
	if params, err = d.params(); err != nil {
		return "", nil, err
	}
	if err := d.scan.Close("methodCall"); err != nil {
		return "", nil, err
	}
	if err := d.finish(); err != nil {
		return "", nil, err
	}
	return method, params, nil
}

func (d *Decoder) methodName() (string, error) {
	start := d.scan.Pos
	void, err := d.scan.Open("methodName")
	if err != nil {
		return "", err
	}
	var name []byte
	if !void {
		if name, err = d.scan.Text(); err != nil {
			return "", err
		}
		if err := d.scan.Close("methodName"); err != nil {
			return "", err
		}
	}
	if len(name) == 0 {
		return "", d.scan.Fail(start, "a call without a method name")
	}
	return string(name), nil
}

// params reads <params>, which may be missing.
func (d *Decoder) params() ([]any, error) {
	params := []any{}
	if end, err := d.scan.AtEnd(); end || err != nil {
		return params, err
	}
	void, err := d.scan.Open("params")
	if void || err != nil {
		return params, err
	}
	for {
		end, err := d.scan.AtEnd()
		if err != nil {
			return nil, err
		}
		if end {
			return params, d.scan.Close("params")
		}
		v, err := d.param()
		if err != nil {
			return nil, err
		}
		params = append(params, v)
	}
}

func (d *Decoder) param() (any, error) {
	void, err := d.scan.Open("param")
	if err != nil {
		return nil, err
	}
	if void {
		return nil, d.scan.Fail(d.scan.Pos, "a parameter without a value")
	}
	d.state = ready
	v, err := d.Any()
	if err != nil {
		return nil, err
	}
	return v, d.scan.Close("param")
}

// DecodeRequest reads the request of a Koji task as stored in the hub's database: a
// methodCall or, in old rows, a methodCall in base64. Members of structs whose name
// leaveOut accepts are checked but not decoded; a nil leaveOut decodes all.
func DecodeRequest[T string | []byte](text T, lim Limits, leaveOut func(name []byte) bool) (method string, params []any, err error) {
	lim = lim.withDefaults()
	document := []byte(text)
	if bytes.HasPrefix(bytes.TrimLeft(document, "\ufeff \t\r\n"), []byte("<")) {
		return decodeCall(document, lim, leaveOut)
	}
	// Base64 is a third longer than its data, and has line breaks.
	if len(text)/2 > lim.Bytes {
		return "", nil, &LimitError{What: "bytes", Limit: lim.Bytes, Offset: lim.Bytes}
	}
	data, ok := decodeBase64(document)
	if !ok || len(data) == 0 {
		// The error does not quote the text: requests can contain secrets.
		return "", nil, &SyntaxError{Msg: "a task's request that is neither XML nor base64", Size: len(text)}
	}
	return decodeCall(data, lim, leaveOut)
}
