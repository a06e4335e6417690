package hubtest

import "slices"

// userRow is a user as calls give it.
type userRow struct {
	ID         int64    `xmlrpc:"id"`
	Name       string   `xmlrpc:"name"`
	Status     int      `xmlrpc:"status"`
	Type       int      `xmlrpc:"usertype"`
	Principals []string `xmlrpc:"krb_principals,omitempty"` // nil: left out
	Groups     []string `xmlrpc:"groups,omitempty"`
}

type loggedInRow struct {
	userRow
	AuthType  int64 `xmlrpc:"authtype"`
	Principal any   `xmlrpc:"krb_principal"`
}

func newUserRow(u *User) userRow {
	return userRow{ID: u.ID, Name: u.Name, Status: boolInt(u.Blocked), Type: u.typeNumber()}
}

func (u *User) typeNumber() int { return slices.Index([]string{"NORMAL", "HOST", "GROUP"}, u.Type) }

func getUser(c *call, a *arguments) (any, error) {
	info := a.get("userInfo")
	if info == nil {
		if !c.loggedIn {
			return nil, genericError("No user provided")
		}
		info = c.user.ID
	}
	u, err := c.db.user(info)
	if err != nil {
		return nil, err
	}
	return must(u, func(u *User) any {
		row := newUserRow(u)
		if a.truth("krb_princs") {
			row.Principals = list(u.Principals)
		}
		if a.truth("groups") {
			row.Groups = list(u.Groups)
		}
		return row
	}, a.truth("strict"), genericError("No such user: %s", repr(info)))
}

// user looks a user up by id, name or principal, or by a struct with any of
// them.
func (s *snapshot) user(info any) (*User, error) {
	switch v := info.(type) {
	case int64:
		return s.users.byID[v], nil
	case string:
		if u := s.users.byName[v]; u != nil {
			return u, nil
		}
		return s.principal(v), nil
	case map[string]any:
		return s.userLike(v), nil
	}
	return nil, genericError("Invalid type for userInfo: <class '%s'>", typeName(info))
}

func (s *snapshot) userLike(m map[string]any) *User {
	for _, u := range s.users.rows {
		id, hasID := m["id"]
		name, principal := m["name"], m["krb_principal"]
		if hasID && id != u.ID || truth(name) && name != u.Name {
			continue
		}
		if p, ok := principal.(string); ok && !slices.Contains(u.Principals, p) {
			continue
		}
		return u
	}
	return nil
}

func getLoggedInUser(c *call, _ *arguments) (any, error) {
	if !c.loggedIn {
		return nil, nil
	}
	row := loggedInRow{userRow: newUserRow(c.user), AuthType: c.session.AuthType}
	row.Principals = list(c.user.Principals)
	if len(row.Principals) > 0 {
		row.Principal = row.Principals[0]
	}
	return row, nil
}

func getPerms(c *call, _ *arguments) (any, error) {
	if !c.loggedIn {
		return []string{}, nil
	}
	return list(c.user.Perms), nil
}

func callHasPerm(c *call, a *arguments) (any, error) {
	name := str(a.get("perm"))
	if a.truth("strict") && !c.db.knowsPerm(name) {
		return nil, genericError("No such permission %s defined", name)
	}
	return c.hasPerm(name), nil
}

func (s *snapshot) knowsPerm(name string) bool {
	return name == "admin" ||
		slices.ContainsFunc(s.users.rows, func(u *User) bool { return hasPerm(u, name) }) ||
		slices.ContainsFunc(s.tags.rows, func(t *Tag) bool { return t.Perm == name })
}

// list is a list that is sent as one even if it is empty.
func list(items []string) []string {
	if items == nil {
		return []string{}
	}
	return items
}
