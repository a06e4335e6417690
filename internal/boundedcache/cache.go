// Package boundedcache has a cache with a bounded number of values.
package boundedcache

import "sync"

// Cache holds a bounded number of the most recently used values. It consists of two halves:
// when the young half is full, it replaces the old one, whose values are dropped unless they
// were used meanwhile. A Cache is safe for concurrent use.
type Cache[K comparable, V any] struct {
	mu         sync.RWMutex
	half       int // the maximum number of values in each half
	young, old map[K]V
}

// New returns an empty cache for at most size values.
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

// Len returns the number of values. A value that is in both halves counts twice.
func (c *Cache[K, V]) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.young) + len(c.old)
}
