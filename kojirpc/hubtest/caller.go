package hubtest

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

type loggedInRow struct {
	answers.UserRow
	AuthType  int64 `xmlrpc:"authtype"`
	Principal any   `xmlrpc:"krb_principal"`
}

func getUser(c *call, a *python.Arguments) (any, error) {
	info := a.Get("userInfo")
	if info == nil {
		if !c.loggedIn {
			return nil, python.GenericError("No user provided")
		}
		info = c.user.ID
	}
	u, err := c.db.User(info)
	if err != nil {
		return nil, err
	}
	return answers.Must(u, func(u *dataset.User) any {
		row := answers.NewUserRow(u)
		if a.Truth("krb_princs") {
			row.Principals = answers.List(u.Principals)
		}
		if a.Truth("groups") {
			row.Groups = answers.List(u.Groups)
		}
		return row
	}, a.Truth("strict"), python.GenericError("No such user: %s", python.Repr(info)))
}

func getLoggedInUser(c *call, _ *python.Arguments) (any, error) {
	if !c.loggedIn {
		return nil, nil
	}
	row := loggedInRow{UserRow: answers.NewUserRow(c.user), AuthType: c.session.AuthType}
	row.Principals = answers.List(c.user.Principals)
	if len(row.Principals) > 0 {
		row.Principal = row.Principals[0]
	}
	return row, nil
}

func getPerms(c *call, _ *python.Arguments) (any, error) {
	if !c.loggedIn {
		return []string{}, nil
	}
	return answers.List(c.user.Perms), nil
}

func callHasPerm(c *call, a *python.Arguments) (any, error) {
	name := python.Str(a.Get("perm"))
	if a.Truth("strict") && !c.db.KnowsPerm(name) {
		return nil, python.GenericError("No such permission %s defined", name)
	}
	return c.hasPerm(name), nil
}
