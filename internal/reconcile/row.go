package reconcile

import (
	"maps"
	"math"
	"time"
)

// row is one of the hub's, as it answers calls.
type row map[string]any

func (r row) number(name string) int64 {
	switch n := r[name].(type) {
	case int64:
		return n
	case int:
		return int64(n)
	}
	return 0
}

func (r row) text(name string) string {
	s, _ := r[name].(string)
	return s
}

// time returns a time that the hub gives in seconds; zero if there is none.
func (r row) time(name string) time.Time {
	switch seconds := r[name].(type) {
	case float64:
		whole, part := math.Modf(seconds)
		return time.Unix(int64(whole), int64(math.Round(part*1e6))*1e3).UTC()
	case int64:
		return time.Unix(seconds, 0).UTC()
	case int:
		return time.Unix(int64(seconds), 0).UTC()
	}
	return time.Time{}
}

// with returns a copy in which some members are other ones.
func (r row) with(changes row) row {
	out := maps.Clone(r)
	maps.Copy(out, changes)
	return out
}

// ref is a thing as messages name it.
func ref(id, name any) row { return row{"id": id, "name": name} }
