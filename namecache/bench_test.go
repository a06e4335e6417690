package namecache

import (
	"fmt"
	"testing"
	"time"
)

// warm returns a cache with names of a thousand users.
func warm(b *testing.B) *Cache {
	c := open(b, Options{Source: newFakeHub()})
	for id := range int64(1000) {
		c.Learn(User, id+1, fmt.Sprintf("user-%d", id+1), time.Time{})
	}
	return c
}

func BenchmarkPeek(b *testing.B) {
	c := warm(b)
	b.ReportAllocs()
	id := int64(0)
	for b.Loop() {
		id = id%1000 + 1
		if _, known := c.Peek(User, id); !known {
			b.Fatal("unknown")
		}
	}
}

func BenchmarkPeekParallel(b *testing.B) {
	c := warm(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		id := int64(0)
		for pb.Next() {
			id = id%1000 + 1
			c.Peek(User, id)
		}
	})
}

func BenchmarkGetMemory(b *testing.B) {
	c := warm(b)
	b.ReportAllocs()
	id := int64(0)
	for b.Loop() {
		id = id%1000 + 1
		if _, err := c.Get(b.Context(), User, id); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLearnKnown learns known names, like nearly every message does.
func BenchmarkLearnKnown(b *testing.B) {
	c := warm(b)
	b.ReportAllocs()
	at := time.Now()
	for b.Loop() {
		c.Learn(User, 7, "user-7", at)
	}
}

func BenchmarkLearnNew(b *testing.B) {
	c := warm(b)
	b.ReportAllocs()
	id := int64(1000)
	for b.Loop() {
		id++
		c.Learn(User, id, "somebody", time.Time{})
	}
}

// BenchmarkGetDisk reads names from a folder with 100,000 of them.
func BenchmarkGetDisk(b *testing.B) {
	const many = 100_000
	dir := b.TempDir()
	writeMany(b, dir, many)
	c := open(b, Options{Source: newFakeHub(), Dir: dir})
	b.ReportAllocs()
	id := int64(0)
	for b.Loop() {
		id = id%many + 1
		c.memory.Invalidate(key{id, Package})
		if _, err := c.Get(b.Context(), Package, id); err != nil {
			b.Fatal(err)
		}
	}
}
