package namecache

import (
	"fmt"
	"os"
	"path/filepath"
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

// BenchmarkLearnKnown is what nearly every message costs.
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

func BenchmarkGetDisk(b *testing.B) {
	dir := b.TempDir()
	folder := filepath.Join(dir, "lab", "user")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.Fatal(err)
	}
	for id := range 1000 {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(id+1)), []byte("somebody"), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	c := open(b, Options{Source: newFakeHub(), Dir: dir})
	b.ReportAllocs()
	id := int64(0)
	for b.Loop() {
		id = id%1000 + 1
		c.memory.Invalidate(key{id, User})
		if _, err := c.Get(b.Context(), User, id); err != nil {
			b.Fatal(err)
		}
	}
}
