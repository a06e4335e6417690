package hubtest

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

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
		row := answers.UserRow(u)
		if a.Truth("krb_princs") {
			row["krb_principals"] = answers.List(u.Principals)
		}
		if a.Truth("groups") {
			row["groups"] = answers.List(u.Groups)
		}
		return row
	}, a.Truth("strict"), python.GenericError("No such user: %s", python.Repr(info)))
}

func getLoggedInUser(c *call, _ *python.Arguments) (any, error) {
	if !c.loggedIn {
		return nil, nil
	}
	row := answers.UserRow(c.user)
	row["authtype"], row["krb_principals"], row["krb_principal"] = c.session.AuthType, answers.List(c.user.Principals), nil
	if len(c.user.Principals) > 0 {
		row["krb_principal"] = c.user.Principals[0]
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
