package answers

import (
	"maps"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// queryRepos returns the repositories that match all clauses, with the fields asked for: "**"
// is all of them.
//
// Source: RepoQuery in kojihub/repos.py, QueryView in kojihub/db.py.
func queryRepos(c *Reader, a *python.Arguments) (any, error) {
	fields, ok := a.Get("fields").(string)
	if !ok || fields != "**" {
		return nil, notModelled("repo.query of some fields")
	}
	clauses, _ := a.Get("clauses").([]any)
	var out []row
	for _, r := range c.DB.repos.rows {
		columns := c.DB.repoRow(r)
		fits, err := satisfies(columns, clauses)
		if err != nil {
			return nil, err
		}
		if !fits {
			continue
		}
		var o row
		for _, name := range slices.Sorted(maps.Keys(columns)) {
			o = append(o, column{name, columns[name]})
		}
		out = append(out, o)
	}
	return answer(newQuery(a.Get("opts")), out)
}

// satisfies reports whether a row satisfies clauses, each a column, an operator and a value.
func satisfies(columns map[string]any, clauses []any) (bool, error) {
	for _, clause := range clauses {
		parts, _ := clause.([]any)
		if len(parts) != 3 {
			return false, notModelled("repo.query with a clause of other than three parts")
		}
		name := python.Str(parts[0])
		value, known := columns[name]
		if !known {
			return false, python.ParameterError("Invalid field for query %s", name)
		}
		fits, err := compareTo(value, strings.ToUpper(python.Str(parts[1])), parts[2])
		if !fits || err != nil {
			return false, err
		}
	}
	return true, nil
}

// compareTo compares numbers. Nothing is equal to, less or greater than null.
func compareTo(value any, operator string, with any) (bool, error) {
	x, isNumber := float(value)
	y, withNumber := float(with)
	if value != nil && !isNumber || !withNumber {
		return false, notModelled("repo.query by something else than numbers")
	}
	fits := map[string]bool{"=": x == y, "!=": x != y, "<": x < y, ">": x > y, "<=": x <= y, ">=": x >= y}
	result, known := fits[operator]
	if !known {
		return false, notModelled("repo.query with " + operator)
	}
	return result && value != nil, nil
}

func float(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}
