package answers

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// query is the queryOpts of a call.
type query struct {
	count  bool
	asList bool
	order  []orderTerm
	offset int64
	limit  int64
}

type orderTerm struct {
	column string
	down   bool
}

// newQuery parses queryOpts.
func newQuery(v any) query {
	opts, _ := v.(map[string]any)
	q := query{count: python.Truth(opts["countOnly"]), asList: python.Truth(opts["asList"])}
	q.offset, _ = opts["offset"].(int64)
	q.limit, _ = opts["limit"].(int64)
	if order, _ := opts["order"].(string); order != "" && !q.count {
		for term := range strings.SplitSeq(order, ",") {
			column, down := strings.CutPrefix(term, "-")
			q.order = append(q.order, orderTerm{column, down})
		}
	}
	return q
}

// row is a row of an answer, with its columns in the same order as on a hub.
type row []column

type column struct {
	name  string
	value any // nil: null
}

// object returns the row as a map.
func (r row) object() map[string]any {
	o := make(map[string]any, len(r))
	for _, c := range r {
		o[c.name] = c.value
	}
	return o
}

func (r row) values() []any {
	list := make([]any, 0, len(r))
	for _, c := range r {
		list = append(list, c.value)
	}
	return list
}

func (r row) get(name string) (value any, found bool) {
	i := slices.IndexFunc(r, func(c column) bool { return c.name == name })
	if i < 0 {
		return nil, false
	}
	return r[i].value, true
}

// objects returns rows as maps.
func objects(rows []row) []map[string]any {
	out := make([]map[string]any, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.object())
	}
	return out
}

// answer returns the result of a list call for the matching rows, which are ordered by id.
func answer(q query, rows []row) (any, error) {
	rows, err := q.choose(rows)
	switch {
	case err != nil:
		return nil, err
	case q.count:
		return len(rows), nil
	case q.asList:
		lists := make([][]any, 0, len(rows))
		for _, r := range rows {
			lists = append(lists, r.values())
		}
		return lists, nil
	}
	return objects(rows), nil
}

// choose sorts and limits rows.
func (q query) choose(rows []row) ([]row, error) {
	for _, term := range q.order {
		if len(rows) > 0 {
			if _, ok := rows[0].get(term.column); !ok {
				return nil, python.BuiltinError("Exception", "Invalid order: %s", term.column)
			}
		}
	}
	slices.SortStableFunc(rows, q.compare)
	rows = rows[min(max(q.offset, 0), int64(len(rows))):]
	if q.limit > 0 && q.limit < int64(len(rows)) {
		rows = rows[:q.limit]
	}
	return rows, nil
}

func (q query) compare(a, b row) int {
	for _, term := range q.order {
		x, _ := a.get(term.column)
		y, _ := b.get(term.column)
		if d := compareValues(x, y); d != 0 && term.down {
			return -d
		} else if d != 0 {
			return d
		}
	}
	return 0
}

// compareValues compares values like PostgreSQL: null is greater than all other values.
// All values of a column have the same type.
func compareValues(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(boolInt(a == nil), boolInt(b == nil))
	}
	switch a := a.(type) {
	case int:
		return cmp.Compare(a, b.(int))
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		return cmp.Compare(a, b.(float64))
	case string:
		return cmp.Compare(a, b.(string))
	case bool:
		return cmp.Compare(boolInt(a), boolInt(b.(bool)))
	}
	return 0
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
