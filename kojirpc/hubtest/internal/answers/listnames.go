package answers

import (
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// standardBTypes returns the types of builds that every hub has from the beginning.
//
// Source: schemas/schema.sql.
func standardBTypes() []nameRow {
	return []nameRow{{1, "rpm"}, {2, "maven"}, {3, "win"}, {4, "image"}}
}

func listBTypes(_ *Reader, a *python.Arguments) (any, error) {
	query, _ := a.Get("query").(map[string]any)
	id, hasID := query["id"]
	name, hasName := query["name"]
	var rows []nameRow
	for _, row := range standardBTypes() {
		if (!hasID || id == row.ID) && (!hasName || name == row.Name) {
			rows = append(rows, row)
		}
	}
	return answer(newQuery(a.Get("queryOpts")), rows)
}

type userListRow struct {
	ID         int64    `xmlrpc:"id"`
	Name       string   `xmlrpc:"name"`
	Status     int      `xmlrpc:"status"`
	Type       int      `xmlrpc:"usertype"`
	Principals []string `xmlrpc:"krb_principals"`
}

func listUsers(c *Reader, a *python.Arguments) (any, error) {
	if a.Get("perm") != nil || a.Truth("inherited_perm") {
		return nil, notModelled("listUsers by permission")
	}
	types, err := userTypes(a.Get("userType"))
	if err != nil {
		return nil, err
	}
	keep := prefixed(a.Get("prefix"))
	return list(a, c.DB.Users.rows, func(u *dataset.User) bool {
		return (types == nil || types[u.TypeNumber()]) && keep(u.Name)
	}, func(u *dataset.User) userListRow {
		return userListRow{u.ID, u.Name, boolInt(u.Blocked), u.TypeNumber(), List(u.Principals)}
	})
}

// userTypes returns the numbers of a type or of a list of them; nil for all.
func userTypes(v any) (map[int]bool, error) {
	var numbers []any
	switch v := v.(type) {
	case nil:
		return nil, nil
	case int64:
		numbers = []any{v}
	case []any:
		numbers = v
	default:
		return nil, python.ParameterError("userType must be integer, list, tuple or None")
	}
	types := map[int]bool{}
	for _, n := range numbers {
		if n, ok := n.(int64); ok {
			types[int(n)] = true
		}
	}
	return types, nil
}

// prefixed says which names begin with a text, whatever the case.
func prefixed(v any) func(string) bool {
	prefix := strings.ToLower(python.Str(v))
	if v == nil {
		prefix = ""
	}
	return func(name string) bool { return strings.HasPrefix(strings.ToLower(name), prefix) }
}

type packageListRow struct {
	ID   int64  `xmlrpc:"package_id"`
	Name string `xmlrpc:"package_name"`
}

func listPackagesSimple(c *Reader, a *python.Arguments) (any, error) {
	keep := prefixed(a.Get("prefix"))
	return list(a, c.DB.packages.rows, func(p *dataset.Package) bool { return keep(p.Name) },
		func(p *dataset.Package) packageListRow { return packageListRow{p.ID, p.Name} })
}
