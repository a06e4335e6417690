package simulation

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// best returns how long a successful task would have run with the median durations of its parts
// and the actual waits and pauses, or 0 if one of the parts was restarted.
func (t *task) best() time.Duration {
	if t.State != koji.TaskClosed || t.runs != 1 {
		return 0
	}
	if t.Method != "build" {
		return t.median
	}
	whole := t.Ended.Sub(t.Started)
	var begin, end, bestEnd time.Time // of the arches
	for _, c := range t.children {
		if c.runs != 1 || c.State != koji.TaskClosed {
			return 0
		}
		if c.Method != "buildArch" {
			whole += c.median - c.took
			continue
		}
		if begin.IsZero() {
			begin = c.Created
		}
		end, bestEnd = latest(end, c.Started.Add(c.took)), latest(bestEnd, c.Started.Add(c.median))
	}
	return whole + bestEnd.Sub(end)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// archWait returns the longest wait of a build's arches.
func (t *task) archWait() time.Duration {
	var longest time.Duration
	for _, c := range t.children {
		if c.Method == "buildArch" && !c.Started.IsZero() {
			longest = max(longest, c.Started.Sub(c.Created))
		}
	}
	return longest
}
