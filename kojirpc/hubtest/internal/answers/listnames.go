package answers

import (
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// standardBTypes returns the build types of every new hub.
//
// Source: schemas/schema.sql.
func standardBTypes() []row {
	var rows []row
	for i, name := range []string{"rpm", "maven", "win", "image"} {
		rows = append(rows, row{{"id", int64(i + 1)}, {"name", name}})
	}
	return rows
}

func listBTypes(_ *Reader, a *python.Arguments) (any, error) {
	query, _ := a.Get("query").(map[string]any)
	var rows []row
	for _, r := range standardBTypes() {
		if !slices.ContainsFunc(r, func(c column) bool { wanted, given := query[c.name]; return given && wanted != c.value }) {
			rows = append(rows, r)
		}
	}
	return answer(newQuery(a.Get("queryOpts")), rows)
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
	}, func(u *dataset.User) row {
		return append(userRow(u), column{"krb_principals", List(u.Principals)})
	})
}

// userTypes returns the numbers of a user type or of a list of types; nil for all.
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

// prefixed returns a function that reports whether a name begins with a text, ignoring
// case.
func prefixed(v any) func(string) bool {
	prefix := strings.ToLower(python.Str(v))
	if v == nil {
		prefix = ""
	}
	return func(name string) bool { return strings.HasPrefix(strings.ToLower(name), prefix) }
}

func listPackagesSimple(c *Reader, a *python.Arguments) (any, error) {
	keep := prefixed(a.Get("prefix"))
	return list(a, c.DB.packages.rows, func(p *dataset.Package) bool { return keep(p.Name) },
		func(p *dataset.Package) row { return row{{"package_id", p.ID}, {"package_name", p.Name}} })
}
