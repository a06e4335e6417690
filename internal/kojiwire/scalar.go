package kojiwire

import (
	"math"
	"strconv"
)

// Scalar is a scalar member of a record in JSON or XML-RPC: a null, a boolean, a number or
// a text.
type Scalar struct {
	kind scalarKind
	num  float64
	n    int64
	text []byte
}

type scalarKind uint8

const (
	kindNull scalarKind = iota
	kindBool
	kindInt
	kindFloat
	kindText
)

// Null returns the null of JSON and the nil of XML-RPC.
func Null() Scalar { return Scalar{} }

// Bool returns a boolean.
func Bool(b bool) Scalar {
	s := Scalar{kind: kindBool}
	if b {
		s.n = 1
	}
	return s
}

// Int returns a whole number.
func Int(n int64) Scalar { return Scalar{kind: kindInt, n: n, num: float64(n)} }

// Float returns a floating-point number.
func Float(f float64) Scalar { return Scalar{kind: kindFloat, num: f} }

// Text returns a text. It does not copy the bytes, which must stay unchanged while the
// Scalar is in use. Records keep copies only.
func Text(b []byte) Scalar { return Scalar{kind: kindText, text: b} }

// IsNull reports whether the value is null.
func (s Scalar) IsNull() bool { return s.kind == kindNull }

// IsText reports whether the value is a text.
func (s Scalar) IsText() bool { return s.kind == kindText }

// Any returns the value as nil, a bool, an int64, a float64 or a string.
func (s Scalar) Any() any {
	switch s.kind {
	case kindBool:
		return s.n != 0
	case kindInt:
		return s.n
	case kindFloat:
		return s.num
	case kindText:
		return string(s.text)
	}
	return nil
}

// Bytes returns the bytes that were passed to Text; nil for any other value.
func (s Scalar) Bytes() []byte { return s.text }

// Str returns a text as a string; "" for any other value.
func (s Scalar) Str() string { return string(s.text) }

// Int64 returns a whole number. It accepts floats without a fraction and texts of digits,
// because STOMP bridges and OSBS send numbers as text.
func (s Scalar) Int64() (int64, bool) {
	switch s.kind {
	case kindInt:
		return s.n, true
	case kindFloat:
		if s.num == math.Trunc(s.num) && math.Abs(s.num) < 1<<63 {
			return int64(s.num), true
		}
	case kindText:
		n, err := strconv.ParseInt(string(s.text), 10, 64)
		return n, err == nil
	}
	return 0, false
}

// Float64 returns a number.
func (s Scalar) Float64() (float64, bool) {
	return s.num, s.kind == kindInt || s.kind == kindFloat
}

// Truth returns a boolean. As in Python, numbers other than zero are true. It also accepts
// the texts True and False of STOMP bridges.
func (s Scalar) Truth() (value, ok bool) {
	switch s.kind {
	case kindBool:
		return s.n != 0, true
	case kindInt, kindFloat:
		return s.num != 0, true
	case kindText:
		switch string(s.text) {
		case "True", "true", "1":
			return true, true
		case "False", "false", "0":
			return false, true
		}
	}
	return false, false
}
