package xmlrpc

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
)

// content reads the content of a scalar and its end tags.
func (d *Decoder) content() (b []byte, err error) {
	if d.form == typed || d.form == bare {
		if b, err = d.scan.Text(); err != nil {
			return nil, err
		}
	}
	return b, d.end()
}

// trim removes XML's white space, which is insignificant around scalars other than
// strings.
func trim(b []byte) []byte { return bytes.Trim(b, " \t\r\n") }

// Nil reports whether the next value is nil, and if so reads it.
func (d *Decoder) Nil() (bool, error) {
	if err := d.begin(); err != nil || d.kind != KindNil {
		return false, err
	}
	return true, d.endNil()
}

func (d *Decoder) endNil() error {
	b, err := d.content()
	if err == nil && len(trim(b)) > 0 {
		return d.scan.Fail(d.start, "text inside nil")
	}
	return err
}

// Bool reads a boolean.
func (d *Decoder) Bool() (bool, error) {
	if ok, err := d.want(KindBoolean); !ok {
		return false, err
	}
	b, err := d.content()
	if err != nil {
		return false, err
	}
	switch b = trim(b); string(b) {
	case "0":
		return false, nil
	case "1":
		return true, nil
	}
	return false, d.scan.Fail(d.start, "%s is not a boolean (0 or 1)", scan.Quote(b))
}

// Int reads an integer of any of the integer types.
func (d *Decoder) Int() (int64, error) {
	if ok, err := d.want(KindInt); !ok {
		return 0, err
	}
	b, err := d.content()
	if err != nil {
		return 0, err
	}
	n, ok := parseInt(b)
	if !ok {
		return 0, d.scan.Fail(d.start, "%s is not a 64-bit integer", scan.Quote(b))
	}
	return n, nil
}

// parseInt parses an integer. It is fast for usual integers and uses strconv for others.
func parseInt(b []byte) (n int64, ok bool) {
	digits := b
	if len(b) > 0 && b[0] == '-' {
		digits = b[1:]
	}
	quick := len(digits) > 0 && len(digits) <= 18
	for _, c := range digits {
		if c < '0' || c > '9' {
			quick = false
			break
		}
		n = n*10 + int64(c-'0')
	}
	if !quick {
		n, err := strconv.ParseInt(string(trim(b)), 10, 64)
		return n, err == nil
	}
	if len(digits) < len(b) {
		n = -n
	}
	return n, true
}

// Float reads a double, or an integer as one.
func (d *Decoder) Float() (float64, error) {
	if err := d.begin(); err != nil {
		return 0, err
	}
	if d.kind == KindInt {
		n, err := d.Int()
		return float64(n), err
	}
	if ok, err := d.want(KindDouble); !ok {
		return 0, err
	}
	b, err := d.content()
	if err != nil {
		return 0, err
	}
	f, ok := parseFloat(trim(b))
	if !ok {
		return 0, d.scan.Fail(d.start, "%s is not a double", scan.Quote(b))
	}
	return f, nil
}

// parseFloat accepts decimal numbers and Python's inf and nan, but not Go's hexadecimal
// forms.
func parseFloat(b []byte) (float64, bool) {
	for _, c := range b {
		switch {
		case '0' <= c && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			switch string(b) {
			case "inf", "+inf":
				return math.Inf(1), true
			case "-inf":
				return math.Inf(-1), true
			case "nan":
				return math.NaN(), true
			}
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(string(b), 64)
	return f, err == nil
}

// Text reads a string, or the text of a dateTime.iso8601.
func (d *Decoder) Text() (string, error) {
	b, err := d.textBytes()
	return string(b), err
}

// textBytes is Text without a copy: the result may share the document's memory.
func (d *Decoder) textBytes() ([]byte, error) {
	if err := d.begin(); err != nil {
		return nil, err
	}
	if d.kind == KindDateTime {
		b, err := d.content()
		return trim(b), err
	}
	if ok, err := d.want(KindString); !ok {
		return nil, err
	}
	return d.content()
}

// DateTime reads a dateTime.iso8601. It does not check that the text is a time; see
// DateTime.Time.
func (d *Decoder) DateTime() (DateTime, error) {
	if ok, err := d.want(KindDateTime); !ok {
		return "", err
	}
	b, err := d.content()
	return DateTime(trim(b)), err
}

// Bytes reads a base64. The result is nil only for nil.
func (d *Decoder) Bytes() ([]byte, error) {
	if ok, err := d.want(KindBase64); !ok {
		return nil, err
	}
	b, err := d.content()
	if err != nil {
		return nil, err
	}
	out, ok := decodeBase64(b)
	if !ok {
		return nil, d.scan.Fail(d.start, "malformed base64")
	}
	return out, nil
}

// decodeBase64 decodes base64 that may contain white space anywhere.
func decodeBase64(b []byte) ([]byte, bool) {
	packed := make([]byte, 0, len(b))
	for _, c := range b {
		if !scan.IsSpace(c) {
			packed = append(packed, c)
		}
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(packed)))
	n, err := base64.StdEncoding.Decode(out, packed)
	return out[:n], err == nil
}
