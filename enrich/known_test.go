package enrich

import (
	"runtime"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// noteMany records events about a number of tasks and builds, in random order.
func noteMany(k *known, events, ids int64) {
	for i := range events {
		id := i*7919%ids + 1
		k.note(&event.Event{
			Task:  &koji.Task{ID: id, Method: "build"},
			Build: &koji.Build{ID: id, NVR: "package-with-a-name-1.2.3-4.fc44", TaskID: id},
		})
	}
}

// TestBounded checks that no more tasks and builds are remembered than configured.
func TestBounded(t *testing.T) {
	const size = 2000
	k := newKnown(size)
	noteMany(&k, 200_000, 40_000)
	for name, n := range map[string]int{
		"tasks": k.tasks.Len(), "builds": k.builds.Len(), "builds of tasks": k.buildOf.Len(),
	} {
		if n > size || n < size/2 {
			t.Errorf("%d %s are remembered; the bound is %d", n, name, size)
		}
	}
}

// BenchmarkMillion records a million events about 200,000 tasks and builds, with the default
// limit, and reports the memory in use.
func BenchmarkMillion(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		k := newKnown(defaultRemember)
		noteMany(&k, 1_000_000, 200_000)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		runtime.KeepAlive(&k)
	}
}

// TestNoteBuild checks that messages may be late and in any order.
func TestNoteBuild(t *testing.T) {
	draft := koji.Build{ID: 1, NVR: "a-1-1,draft_1", Release: "1,draft_1", Draft: koji.Some(true), TaskID: 5}
	promoted := koji.Build{ID: 1, NVR: "a-1-1", Release: "1", Draft: koji.Some(false)}
	for name, order := range map[string][]koji.Build{
		"in order": {draft, promoted},
		"late":     {promoted, draft},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKnown(10)
			for i := range order {
				k.noteBuild(&order[i], false)
			}
			got, _ := k.builds.Get(1)
			if got.nvr != "a-1-1" || got.task != 5 {
				t.Errorf("got %+v", got)
			}
		})
	}
}
