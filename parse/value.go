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

// list reads an array. It collects the items on a stack shared by all arrays, so that the
// list is allocated once, with its final size.
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

// mapping reads an object, except members that wants rejects.
func (r *reader) mapping() map[string]any {
	var m map[string]any // nil for an empty object, like most options
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
