package daemon

import (
	"os"
	"runtime/debug"
)

// gcPercent lets the heap grow further between collections than Go does by
// default. What is alive at a time is a few MB, bounded by prefetch; with the
// default a busy daemon would collect hundreds of times a second. See
// docs/performance.md.
const gcPercent = 300

// tuneMemory sets how eagerly memory is collected, unless the operator has
// done so by GOGC, and returns what sets it back.
func tuneMemory() (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	old := debug.SetGCPercent(gcPercent)
	return func() { debug.SetGCPercent(old) }
}
