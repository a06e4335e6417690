// Package boundedcache has a cache that holds the newest values by key and no more than so
// many of them.
package boundedcache

import "sync"

// Cache holds the newest values by key, a bounded number of them. Values live in two
// halves: when the younger one is full it becomes the older one, whose values are
// forgotten unless they are used meanwhile. It may be used by several goroutines.
type Cache[K comparable, V any] struct {
	mu         sync.RWMutex
	half       int // the most values of each half
	young, old map[K]V
}

// New returns an empty cache for so many values.
func New[K comparable, V any](size int) *Cache[K, V] {
	return &Cache[K, V]{half: max(size/2, 1), young: make(map[K]V)}
}

// Get returns the value of a key, if it is there.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.RLock()
	v, found := c.young[key]
	if found {
		c.mu.RUnlock()
		return v, true
	}
	v, found = c.old[key]
	c.mu.RUnlock()
	if found {
		c.Put(key, v)
	}
	return v, found
}

// Put sets the value of a key.
func (c *Cache[K, V]) Put(key K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, found := c.young[key]; !found && len(c.young) >= c.half {
		c.old = c.young
		c.young = make(map[K]V, c.half)
	}
	c.young[key] = v
}

// Len returns how many values there are at most; one in both halves counts twice.
func (c *Cache[K, V]) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.young) + len(c.old)
}
