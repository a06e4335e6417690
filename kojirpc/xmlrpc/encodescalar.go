package xmlrpc

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
)

// null writes a nil. Like Koji's marshaller, it writes no line break after it.
func (e *encoder) null() { e.put("<value><nil/></value>") }

func (e *encoder) boolean(b bool) {
	if b {
		e.put("<value><boolean>1</boolean></value>\n")
	} else {
		e.put("<value><boolean>0</boolean></value>\n")
	}
}

func (e *encoder) integer(n int64) {
	typ := "int"
	if n < math.MinInt32 || n > math.MaxInt32 {
		typ = "i8"
	}
	e.put("<value><" + typ + ">")
	e.out = strconv.AppendInt(e.out, n, 10)
	e.put("</" + typ + "></value>\n")
}

func (e *encoder) double(f float64, bits int) error {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return fmt.Errorf("%v cannot be written as a double", f)
	}
	e.put("<value><double>")
	e.out = appendRepr(e.out, f, bits)
	e.put("</double></value>\n")
	return nil
}

// appendRepr appends a float as Python's repr formats it: with the fewest digits that
// identify it, always with a point or an exponent, and with an exponent outside 1e-4
// to 1e16.
func appendRepr(dst []byte, f float64, bits int) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	}
	dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
	if f == math.Trunc(f) {
		dst = append(dst, ".0"...)
	}
	return dst
}

func (e *encoder) str(typ, s string) error {
	e.put("<value><" + typ + ">")
	if err := e.text(s); err != nil {
		return err
	}
	e.put("</" + typ + "></value>\n")
	return nil
}

// text writes character data. CR is written as a reference, because it would be read as
// LF otherwise. Other control characters are errors: the hub would reject the whole
// document, and dropping them would change the meaning of the call.
func (e *encoder) text(s string) error {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return fmt.Errorf("byte 0x%02x at %d is not UTF-8", s[i], i)
		case !scan.IsChar(r):
			return fmt.Errorf("character %U at byte %d cannot be in XML", r, i)
		case r == '&':
			e.put("&amp;")
		case r == '<':
			e.put("&lt;")
		case r == '>':
			e.put("&gt;")
		case r == '\r':
			e.put("&#13;")
		default:
			e.put(s[i : i+size])
		}
		i += size
	}
	return nil
}

// base64Line is the number of bytes that Python encodes in a line of base64.
const base64Line = 57

func (e *encoder) base64(b []byte) {
	if b == nil {
		e.null()
		return
	}
	e.put("<value><base64>\n")
	for len(b) > 0 {
		line := b[:min(len(b), base64Line)]
		e.out = base64.StdEncoding.AppendEncode(e.out, line)
		e.put("\n")
		b = b[len(line):]
	}
	e.put("</base64></value>\n")
}

// raw writes a value that is already encoded, after checking that it is one.
func (e *encoder) raw(r Raw) error {
	if r == nil {
		e.null()
		return nil
	}
	// The limits were checked when it was read; here it must only be a single value.
	if err := r.Decode(Limits{Bytes: len(r), Elements: len(r), Depth: maxDepth}, nil); err != nil {
		return err
	}
	e.out = append(e.out, r...)
	e.put("\n")
	return nil
}
