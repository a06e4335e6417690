package kojirpc

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// ID refers to an object by its id.
func ID(id int64) koji.Ref { return koji.Ref{ID: id} }

// Name refers to an object by its name, or to a build by its name-version-release.
func Name(name string) koji.Ref { return koji.Ref{Name: name} }

// refArg returns r as an argument. The hub goes by the argument's type: a string is a
// name even if it consists of digits.
func refArg(r koji.Ref) (any, error) {
	switch {
	case r.ID != 0:
		return r.ID, nil
	case r.Name != "":
		return r.Name, nil
	}
	return nil, errNoRef
}

// QueryOpts order and limit a list. The zero value means all rows in no particular
// order.
//
// Source: QueryProcessor in kojihub/db.py.
type QueryOpts struct {
	// Order is a comma-separated list of columns to order by; a minus sign before
	// a column reverses its order: "-completion_time".
	Order string
	// Offset is the number of rows to skip.
	Offset int
	// Limit is the maximum number of rows to return; 0 means all.
	Limit int
}

// value returns the options as an argument for the hub; nil if there are none.
func (q QueryOpts) value() any {
	m := map[string]any{}
	setIf(m, "order", q.Order)
	setIf(m, "offset", q.Offset)
	setIf(m, "limit", q.Limit)
	if len(m) == 0 {
		return nil
	}
	return m
}

// in adds the options to the named arguments of a list call, and returns these.
func (q QueryOpts) in(named Named) Named {
	if opts := q.value(); opts != nil {
		named["queryOpts"] = opts
	}
	return named
}

// countOnly returns the queryOpts that ask for the number of rows only.
func countOnly() map[string]any { return map[string]any{"countOnly": true} }

// The functions below add a named argument unless its value is zero or unknown.

func setIf[T comparable](m map[string]any, name string, v T) {
	if v != *new(T) {
		m[name] = v
	}
}

func setRef(m map[string]any, name string, r koji.Ref) {
	if v, err := refArg(r); err == nil {
		m[name] = v
	}
}

func setKnown[T any](m map[string]any, name string, v koji.Opt[T]) {
	if v.Known {
		m[name] = v.Value
	}
}

// setTime adds a time as seconds since 1970.
func setTime(m map[string]any, name string, t time.Time) {
	if !t.IsZero() {
		m[name] = float64(t.UnixMicro()) / 1e6
	}
}

func setStrings(m map[string]any, name string, list []string) {
	if len(list) > 0 {
		m[name] = list
	}
}
