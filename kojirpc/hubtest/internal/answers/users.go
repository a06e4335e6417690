package answers

import (
	"slices"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// UserRow returns a user as in the answers of calls.
func UserRow(u *dataset.User) map[string]any { return userRow(u).object() }

func userRow(u *dataset.User) row {
	return row{{"id", u.ID}, {"name", u.Name}, {"status", boolInt(u.Blocked)}, {"usertype", u.TypeNumber()}}
}

// User looks up a user by id, name or principal, or by a struct with any of these.
func (s *Snapshot) User(info any) (*dataset.User, error) {
	switch v := info.(type) {
	case int64:
		return s.Users.ByID[v], nil
	case string:
		if u := s.Users.ByName[v]; u != nil {
			return u, nil
		}
		return s.Principal(v), nil
	case map[string]any:
		return s.userLike(v), nil
	}
	return nil, python.GenericError("Invalid type for userInfo: <class '%s'>", python.TypeName(info))
}

func (s *Snapshot) userLike(m map[string]any) *dataset.User {
	for _, u := range s.Users.rows {
		id, hasID := m["id"]
		name, principal := m["name"], m["krb_principal"]
		if hasID && id != u.ID || python.Truth(name) && name != u.Name {
			continue
		}
		if p, ok := principal.(string); ok && !slices.Contains(u.Principals, p) {
			continue
		}
		return u
	}
	return nil
}

// KnowsPerm reports whether a permission exists.
func (s *Snapshot) KnowsPerm(name string) bool {
	return name == "admin" ||
		slices.ContainsFunc(s.Users.rows, func(u *dataset.User) bool { return HasPerm(u, name) }) ||
		slices.ContainsFunc(s.Tags.rows, func(t *dataset.Tag) bool { return t.Perm == name })
}

// List returns an empty list instead of nil, which would be sent as null.
func List(items []string) []string {
	if items == nil {
		return []string{}
	}
	return items
}
