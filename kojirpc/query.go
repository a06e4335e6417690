package kojirpc

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// ID names something by its id.
func ID(id int64) koji.Ref { return koji.Ref{ID: id} }

// Name names something by its name; builds go by name-version-release.
func Name(name string) koji.Ref { return koji.Ref{Name: name} }

// refArg returns the argument that names a thing. The hub goes by its type: a text is a
// name even if it is all digits.
func refArg(r koji.Ref) (any, error) {
	switch {
	case r.ID != 0:
		return r.ID, nil
	case r.Name != "":
		return r.Name, nil
	}
	return nil, errNoRef
}

// QueryOpts order and bound a list. The zero value is all, in no order.
//
// Source: QueryProcessor in kojihub/db.py.
type QueryOpts struct {
	// Order is the columns to order by, divided by commas; a minus sign before
	// one reverses it: "-completion_time".
	Order string
	// Offset is how many rows to leave out at the beginning.
	Offset int
	// Limit is how many rows to return at most; 0 is all.
	Limit int
}

// value returns the options as the hub takes them; nil if there are none.
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

// in adds it to the named arguments of a list call, which it returns.
func (q QueryOpts) in(named Named) Named {
	if opts := q.value(); opts != nil {
		named["queryOpts"] = opts
	}
	return named
}

// countOnly returns the options that count a list.
func countOnly() map[string]any { return map[string]any{"countOnly": true} }

// The functions below add a member to named arguments where there is something
// to say.

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

// setTime adds a time, in seconds since 1970.
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
