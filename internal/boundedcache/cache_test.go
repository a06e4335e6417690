package boundedcache_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
)

// TestCache checks that a cache never exceeds its size, and that it has the last value of
// each of the most recent keys.
func TestCache(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(2, 20).Draw(t, "size")
		c := boundedcache.New[int, int](size)
		truth := map[int]int{}
		var order []int
		for i, key := range rapid.SliceOf(rapid.IntRange(0, 40)).Draw(t, "keys") {
			c.Put(key, i)
			truth[key] = i
			order = append(order, key)
			if c.Len() > size {
				t.Fatalf("%d values, more than %d", c.Len(), size)
			}
		}
		for _, key := range order[max(0, len(order)-size/2):] {
			if v, found := c.Get(key); found && v != truth[key] {
				t.Fatalf("key %d is %d, not %d", key, v, truth[key])
			}
		}
		if len(order) > 0 {
			if _, found := c.Get(order[len(order)-1]); !found {
				t.Fatal("the last value is gone")
			}
		}
	})
}
