package parse

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
)

// number reads the text of a number: whole ones that fit into 64 bits as
// such, all others as floats.
func number(raw []byte) kojiwire.Scalar {
	if n, ok := smallInt(raw); ok {
		return kojiwire.Int(n)
	}
	if !bytes.ContainsAny(raw, ".eE") {
		if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
			return kojiwire.Int(n)
		}
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil { // out of range: no number that means anything here
		return kojiwire.Null()
	}
	return kojiwire.Float(f)
}

// smallInt reads a whole number of up to 18 digits.
func smallInt(raw []byte) (int64, bool) {
	digits := raw
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if len(digits) < len(raw) {
		n = -n
	}
	return n, true
}

// bare returns what a JSON string without escapes says, which is most of them:
// a part of the string itself.
func bare(raw []byte) ([]byte, bool) {
	inner := raw[1 : len(raw)-1]
	return inner, bytes.IndexByte(inner, '\\') < 0
}

// unquote appends what a JSON string says. The string is valid but for lone
// surrogates, which become U+FFFD.
func unquote(dst, raw []byte) []byte {
	dst, _ = jsontext.AppendUnquote(dst, raw)
	return dst
}
