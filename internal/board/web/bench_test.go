package web

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// BenchmarkViewers has 200 viewers of 5,000 tasks: the time from an event to when a viewer
// has the HTML of it, and the heap.
func BenchmarkViewers(b *testing.B) {
	const tasks, viewers = 5000, 200
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := newWorld(b, Options{})
	busy(w, tasks)
	streams := make([]chan sent, viewers)
	for i := range streams {
		var end func()
		streams[i], end = w.listen(fmt.Sprintf("/live?show=%d", 120+i%2))
		b.Cleanup(end)
		w.next(streams[i])
	}
	var mu sync.Mutex
	var took []time.Duration
	id := int64(tasks)
	for b.Loop() {
		id += 10
		told := time.Now()
		w.task(id, 0, "package", koji.TaskOpen)
		var all sync.WaitGroup
		for _, events := range streams {
			all.Go(func() {
				for e := range events {
					if strings.Contains(e.data, fmt.Sprintf("task/%d", id)) {
						break
					}
				}
				mu.Lock()
				took = append(took, time.Since(told))
				mu.Unlock()
			})
		}
		all.Wait()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "heap-MB")
}

// BenchmarkFirstPage makes the front page of 5,000 tasks.
func BenchmarkFirstPage(b *testing.B) {
	w := newWorld(b, Options{})
	busy(w, 5000)
	for b.Loop() {
		_, text := w.get("/", "Accept-Encoding", "gzip")
		b.ReportMetric(float64(len(text)), "bytes")
	}
}
