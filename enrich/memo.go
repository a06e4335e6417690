package enrich

import "sync"

// memo remembers the newest values by key, a bounded number of them. Values live
// in two generations: when the younger one is full it becomes the older one,
// whose values are forgotten unless they are used meanwhile.
type memo[K comparable, V any] struct {
	mu         sync.RWMutex
	half       int // the size of a generation
	young, old map[K]V
}

func newMemo[K comparable, V any](size int) *memo[K, V] {
	return &memo[K, V]{half: max(size/2, 1), young: make(map[K]V)}
}

func (m *memo[K, V]) get(key K) (V, bool) {
	m.mu.RLock()
	v, found := m.young[key]
	if found {
		m.mu.RUnlock()
		return v, true
	}
	v, found = m.old[key]
	m.mu.RUnlock()
	if found {
		m.put(key, v)
	}
	return v, found
}

func (m *memo[K, V]) put(key K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, found := m.young[key]; !found && len(m.young) >= m.half {
		m.old = m.young
		m.young = make(map[K]V, m.half)
	}
	m.young[key] = v
}

// len is how many values there are at most; one in both generations counts twice.
func (m *memo[K, V]) len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.young) + len(m.old)
}
