package kojiwire

import (
	"bytes"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// The functions here set a field of a record from a value of the wire. A value
// that does not fit leaves the field as it is.

// keepWord sets a text of a small vocabulary; see internWord.
func keepWord(dst *string, v Scalar) {
	if v.IsText() {
		*dst = internWord(v.text)
	}
}

// keepText sets a text. Koji says many things twice in a record; a text that
// like already holds is shared with it.
func keepText(dst *string, v Scalar, like string) {
	switch {
	case !v.IsText() || string(v.text) == *dst:
	case string(v.text) == like:
		*dst = like
	default:
		*dst = string(v.text)
	}
}

// keepID sets an id. Koji's ids begin at 1.
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

// keepFloat sets a finite number that may have a fraction.
func keepFloat(dst *koji.Opt[float64], v Scalar) {
	if f, ok := v.Float64(); ok && f-f == 0 {
		*dst = koji.Some(f)
	}
}

// keepBool sets a yes or no.
func keepBool(dst *koji.Opt[bool], v Scalar) {
	if b, ok := v.Truth(); ok {
		*dst = koji.Some(b)
	}
}

// keepRef sets the name of a thing from a text and its id from a number.
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

// keepTime keeps a time of a record. The hub sends each time twice, as a number
// of seconds (*_ts) and as text (*_time). The number is exact whatever the
// zone of the hub, so it wins; the text only fills a gap. Fedora's messages
// have numbers in the place of the text.
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
