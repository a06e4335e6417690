package parse

// value reads any value: nil, bool, int64, float64, string, []any or
// map[string]any.
func (r *reader) value() any {
	if r.err != nil {
		return nil
	}
	switch r.dec.PeekKind() {
	case '{':
		return r.mapping()
	case '[':
		return r.list()
	}
	return r.scalar().Any()
}

// list reads an array. Its items gather on a stack that all arrays share, so
// that the list is made once, at its size.
func (r *reader) list() []any {
	base := len(r.items)
	r.token()
	for r.err == nil && r.dec.PeekKind() != ']' {
		r.items = append(r.items, r.value())
	}
	r.token()
	list := make([]any, len(r.items)-base)
	copy(list, r.items[base:])
	clear(r.items[base:])
	r.items = r.items[:base]
	return list
}

// mapping reads an object, except members that are not needed.
func (r *reader) mapping() map[string]any {
	var m map[string]any // stays nil for an empty object, as most options are
	r.object(func(name []byte) {
		if r.wants != nil && !r.wants(name) {
			r.skip()
			return
		}
		if m == nil {
			m = make(map[string]any)
		}
		key := string(name)
		m[key] = r.value()
	})
	return m
}
