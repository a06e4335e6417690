package parse

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
)

// number parses a number: as an integer if it is one of at most 64 bits, otherwise as a float.
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
	if err != nil { // out of range: not a meaningful number
		return kojiwire.Null()
	}
	return kojiwire.Float(f)
}

// smallInt parses an integer of up to 18 digits.
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

// bare returns the content of a JSON string, without a copy, if it has no escapes, like most
// strings.
func bare(raw []byte) ([]byte, bool) {
	inner := raw[1 : len(raw)-1]
	return inner, bytes.IndexByte(inner, '\\') < 0
}

// unquote appends the content of a JSON string. The string is valid except for lone
// surrogates, which become U+FFFD.
func unquote(dst, raw []byte) []byte {
	dst, _ = jsontext.AppendUnquote(dst, raw)
	return dst
}
