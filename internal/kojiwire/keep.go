package kojiwire

import (
	"bytes"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// The functions here set a field from a scalar. An unsuitable value leaves the field
// unchanged.

// keepWord sets a string from a small vocabulary; see internWord.
func keepWord(dst *string, v Scalar) {
	if v.IsText() {
		*dst = internWord(v.text)
	}
}

// keepText sets a string. A record often contains the same text twice; if the text equals
// like, it shares its memory.
func keepText(dst *string, v Scalar, like string) {
	switch {
	case !v.IsText() || string(v.text) == *dst:
	case string(v.text) == like:
		*dst = like
	default:
		*dst = string(v.text)
	}
}

// keepID sets an id. Koji's ids start at 1.
func keepID(dst *int64, v Scalar) {
	if n, ok := v.Int64(); ok && n > 0 {
		*dst = n
	}
}

// keepInt sets a number that may also be zero.
func keepInt(dst *koji.Opt[int64], v Scalar) {
	if n, ok := v.Int64(); ok {
		*dst = koji.Some(n)
	}
}

// keepFloat sets a finite floating-point number.
func keepFloat(dst *koji.Opt[float64], v Scalar) {
	if f, ok := v.Float64(); ok && f-f == 0 {
		*dst = koji.Some(f)
	}
}

// keepBool sets a boolean.
func keepBool(dst *koji.Opt[bool], v Scalar) {
	if b, ok := v.Truth(); ok {
		*dst = koji.Some(b)
	}
}

// keepRef sets a reference: its name from a text, or its id from a number.
func keepRef(dst *koji.Ref, v Scalar) {
	if v.IsText() {
		keepWord(&dst.Name, v)
		return
	}
	keepID(&dst.ID, v)
}

// keepState sets a state from Koji's number or its name.
func keepState[S ~uint8](dst *S, v Scalar, named func(string) S, numbered func(int64) S) {
	if v.IsText() {
		if s := named(string(v.text)); s != 0 {
			*dst = s
			return
		}
	}
	if n, ok := v.Int64(); ok {
		if s := numbered(n); s != 0 {
			*dst = s
		}
	}
}

// keepTime sets a time. The hub sends each time twice, as a number of seconds (*_ts) and as
// text (*_time). The number is exact, whatever the time zone of the hub, so it takes
// precedence. Fedora's messages have numbers instead of the text.
func keepTime(dst *time.Time, field []byte, v Scalar) {
	if !bytes.HasSuffix(field, []byte("_ts")) && !dst.IsZero() {
		return
	}
	if seconds, ok := v.Float64(); ok {
		if t, ok := koji.TimeFromEpoch(seconds); ok {
			*dst = t
		}
		return
	}
	if t, ok := koji.ParseTime(v.text); ok {
		*dst = t
	}
}
