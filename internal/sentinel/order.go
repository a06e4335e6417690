package sentinel

import (
	"cmp"
	"slices"
	"time"
)

// inOrder sorts alerts by age, kind and subject.
func inOrder(alerts []Alert) {
	slices.SortFunc(alerts, func(a, b Alert) int {
		x, y := &a.Subject, &b.Subject
		return cmp.Or(
			a.Since.Compare(b.Since), cmp.Compare(a.Kind, b.Kind), cmp.Compare(x.Task, y.Task), cmp.Compare(x.Host, y.Host),
			cmp.Compare(x.Channel, y.Channel), cmp.Compare(x.Arch, y.Arch), cmp.Compare(x.Target, y.Target), cmp.Compare(x.Tag, y.Tag),
		)
	})
}

// known returns the value of a key, a new one if there is none. If there are too many, those
// that were heard of least lately are forgotten. Heard is where a value keeps the time.
func known[K comparable, V any](m map[K]*V, key K, most int, at time.Time, heard func(*V) *time.Time) *V {
	v := m[key]
	if v == nil {
		if len(m) >= most {
			forget(m, func(v *V) time.Time { return *heard(v) })
		}
		v = new(V)
		m[key] = v
	}
	*heard(v) = at
	return v
}

// forget removes the tenth of a map that was heard of least lately.
func forget[K comparable, V any](m map[K]V, heard func(V) time.Time) {
	type aged struct {
		key   K
		heard time.Time
	}
	all := make([]aged, 0, len(m))
	for k, v := range m {
		all = append(all, aged{k, heard(v)})
	}
	slices.SortFunc(all, func(a, b aged) int { return a.heard.Compare(b.heard) })
	for _, old := range all[:max(1, len(all)/10)] {
		delete(m, old.key)
	}
}
