package answers

import (
	"slices"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// find looks up a row by a call's argument: an id, a name, or a struct with one of these.
func (t *table[T]) find(info any) (*T, error) {
	given := info
	if m, ok := info.(map[string]any); ok {
		given = m["name"]
		if id, ok := m["id"]; ok {
			given = id
		}
	}
	switch v := given.(type) {
	case int64:
		return t.ByID[v], nil
	case bool: // an int in Python
		return t.ByID[int64(boolInt(v))], nil
	case string:
		return t.ByName[v], nil
	}
	return nil, python.ParameterError("Invalid name or id value: %s", python.Repr(info))
}

// Must returns the result of a call with the parameter strict. If row is nil, the result
// is null or, if strict, the error complaint.
func Must[T any](row *T, answer func(*T) any, strict bool, complaint error) (any, error) {
	switch {
	case row != nil:
		return answer(row), nil
	case strict:
		return nil, complaint
	}
	return nil, nil
}

// lookUp returns the result of a call for the row given by info; see find and Must.
func lookUp[T any](t *table[T], info any, strict bool, complaint error, answer func(*T) any) (any, error) {
	row, err := t.find(info)
	if err != nil {
		return nil, err
	}
	return Must(row, answer, strict, complaint)
}

// list returns the rows to keep, ordered and limited by queryOpts.
func list[T any](a *python.Arguments, rows []*T, keep func(*T) bool, rowOf func(*T) row) (any, error) {
	var out []row
	for _, r := range rows {
		if keep(r) {
			out = append(out, rowOf(r))
		}
	}
	return answer(newQuery(a.Get("queryOpts")), out)
}

// HasPerm reports whether a user has a permission.
func HasPerm(u *dataset.User, name string) bool { return slices.Contains(u.Perms, name) }
