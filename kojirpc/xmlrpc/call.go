package xmlrpc

// DecodeCall reads a methodCall: the method's name and its parameters. A call
// without parameters has none, params is then empty. Named arguments are the
// last parameter still; see SplitNamed.
func DecodeCall(data []byte, lim Limits) (method string, params []any, err error) {
	return newDecoder(data, lim).call()
}

// call reads a methodCall that is the whole document.
func (d *Decoder) call() (method string, params []any, err error) {
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
	if end, err := d.scan.AtEnd(); end || err != nil {
		return []any{}, err
	}
	void, err := d.scan.Open("params")
	if void || err != nil {
		return []any{}, err
	}
	for {
		end, err := d.scan.AtEnd()
		if err != nil {
			return nil, err
		}
		if end {
			return d.takeValues(0), d.scan.Close("params")
		}
		v, err := d.param()
		if err != nil {
			return nil, err
		}
		d.values = append(d.values, v)
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
