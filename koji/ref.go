package koji

// Ref refers to an object of the hub (a user, a tag, a host, …) by id, name, or both. A
// zero ID or an empty Name is unknown; Koji's ids start at 1.
type Ref struct {
	ID   int64
	Name string
}

// IsZero reports whether neither the id nor the name is known.
func (r Ref) IsZero() bool { return r.ID == 0 && r.Name == "" }

// Opt is a value that may be unknown. The zero Opt is unknown, which differs from a
// known zero value.
type Opt[T any] struct {
	Value T
	Known bool
}

// Some returns a known value.
func Some[T any](v T) Opt[T] { return Opt[T]{Value: v, Known: true} }

// IsZero reports whether the value is unknown.
func (o Opt[T]) IsZero() bool { return !o.Known }
