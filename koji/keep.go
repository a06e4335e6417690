package koji

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
func keepInt(dst *Opt[int64], v Scalar) {
	if n, ok := v.Int64(); ok {
		*dst = Some(n)
	}
}

// keepFloat sets a finite number that may have a fraction.
func keepFloat(dst *Opt[float64], v Scalar) {
	if f, ok := v.Float64(); ok && f-f == 0 {
		*dst = Some(f)
	}
}

// keepBool sets a yes or no.
func keepBool(dst *Opt[bool], v Scalar) {
	if b, ok := v.Truth(); ok {
		*dst = Some(b)
	}
}

// keepRef sets the name of a thing from a text and its id from a number.
func keepRef(dst *Ref, v Scalar) {
	if v.IsText() {
		keepWord(&dst.Name, v)
		return
	}
	keepID(&dst.ID, v)
}

// keepState sets a state from Koji's number or its name.
func keepState[S ~uint8](dst *S, v Scalar, names []string) {
	if v.IsText() {
		if s := stateNamed(names, string(v.text)); s != 0 {
			*dst = S(s)
			return
		}
	}
	if n, ok := v.Int64(); ok {
		if s := stateOf(names, n); s != 0 {
			*dst = S(s)
		}
	}
}
