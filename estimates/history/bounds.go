package history

import (
	"cmp"
	"slices"
)

// prune removes a tenth of the effects, the least recently seen, when there are too many.
func (m *Model) prune(today uint16) {
	if len(m.states) <= m.maxStates {
		return
	}
	type aged struct {
		key key
		age uint16
	}
	list := make([]aged, 0, len(m.states))
	for k, c := range m.states {
		list = append(list, aged{k, today - min(today, c.day)})
	}
	// Sort by key if the age is the same, so that the choice is deterministic.
	slices.SortFunc(list, func(a, b aged) int {
		return cmp.Or(cmp.Compare(b.age, a.age), cmp.Compare(a.key, b.key))
	})
	for _, old := range list[:max(1, len(list)/10)] {
		delete(m.states, old.key)
		if m.touched != nil {
			m.touched[old.key] = struct{}{}
		}
	}
}

// Len returns the number of effects known.
func (m *Model) Len() int { return len(m.states) }
