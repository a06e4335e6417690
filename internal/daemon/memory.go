package daemon

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// The heap may grow between two collections by headroom, but by gcPercent of what is alive
// at the most and leastGCPercent at the least. What is alive is a few MB, bounded by
// prefetch, and up to 20 MB where many tasks are followed; with Go's default a busy daemon
// would collect hundreds of times a second. See docs/performance.md.
const (
	headroom       = 14 << 20
	gcPercent      = 300
	leastGCPercent = 50
)

// tuneMemory sets how eagerly memory is collected, unless the operator has
// done so by GOGC, and returns what sets it back.
func tuneMemory() (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	old := debug.SetGCPercent(gcPercent)
	t := new(gcTuner)
	t.arm()
	return func() {
		t.stopped.Store(true)
		debug.SetGCPercent(old)
	}
}

// gcTuner adapts the percentage after each collection.
type gcTuner struct {
	stopped atomic.Bool
	percent int
}

// arm has the tuner called after the next collection.
func (t *gcTuner) arm() {
	runtime.AddCleanup(new([32]byte), (*gcTuner).tune, t)
}

func (t *gcTuner) tune() {
	if t.stopped.Load() {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := gcPercentFor(live[0].Value.Uint64())
	// A change costs a moment in which everything stands still.
	if d := percent - t.percent; d < -10 || d > 10 {
		t.percent = percent
		debug.SetGCPercent(percent)
	}
	t.arm()
}

// gcPercentFor returns the value of GOGC that lets the heap grow by the headroom.
func gcPercentFor(live uint64) int {
	percent := uint64(headroom) * 100 / max(1, live)
	return int(max(leastGCPercent, min(percent, gcPercent))) //nolint:gosec // it is bounded
}
