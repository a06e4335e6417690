package answers

import (
	"cmp"
	"reflect"
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

// newQuery reads queryOpts.
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

// answer makes the answer of a list call from the rows that match, each a struct
// with xmlrpc tags, in the order of their ids.
func answer[T any](q query, rows []T) (any, error) {
	if err := sortRows(q.order, rows); err != nil {
		return nil, err
	}
	rows = rows[min(max(q.offset, 0), int64(len(rows))):]
	if q.limit > 0 && q.limit < int64(len(rows)) {
		rows = rows[:q.limit]
	}
	switch {
	case q.count:
		return len(rows), nil
	case q.asList:
		return asLists(rows), nil
	case rows == nil:
		return []T{}, nil
	}
	return rows, nil
}

func sortRows[T any](order []orderTerm, rows []T) error {
	if len(order) == 0 {
		return nil
	}
	columns := columnsOf(reflect.TypeFor[T]())
	paths := make([][]int, len(order))
	for i, term := range order {
		path, ok := columns[term.column]
		if !ok {
			return python.BuiltinError("Exception", "Invalid order: %s", term.column)
		}
		paths[i] = path
	}
	slices.SortStableFunc(rows, func(a, b T) int {
		for i, path := range paths {
			d := compareColumn(reflect.ValueOf(a).FieldByIndex(path), reflect.ValueOf(b).FieldByIndex(path))
			if order[i].down {
				d = -d
			}
			if d != 0 {
				return d
			}
		}
		return 0
	})
	return nil
}

// columnsOf returns the place of each column in a row.
func columnsOf(t reflect.Type) map[string][]int {
	columns := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("xmlrpc"), ","); name != "" {
			columns[name] = f.Index
		}
	}
	return columns
}

// compareColumn compares as PostgreSQL does: null is greater than all else.
func compareColumn(a, b reflect.Value) int {
	for a.Kind() == reflect.Pointer || a.Kind() == reflect.Interface {
		if a.IsNil() || b.IsNil() {
			return cmp.Compare(boolInt(a.IsNil()), boolInt(b.IsNil()))
		}
		a, b = a.Elem(), b.Elem()
	}
	switch a.Kind() {
	case reflect.Int, reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Bool:
		return cmp.Compare(boolInt(a.Bool()), boolInt(b.Bool()))
	default:
		return 0
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// asLists makes a list of each row, its values in the order of its columns.
func asLists[T any](rows []T) [][]any {
	out := make([][]any, 0, len(rows))
	for _, row := range rows {
		v := reflect.ValueOf(row)
		list := []any{}
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.Tag.Get("xmlrpc") != "" {
				list = append(list, v.FieldByIndex(f.Index).Interface())
			}
		}
		out = append(out, list)
	}
	return out
}
