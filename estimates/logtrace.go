package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
)

// logTrace is how the log of a run has grown.
type logTrace struct {
	started      int64 // when the run has
	sizes        []logSize
	total        int64
	grew, looked int64 // when it grew last, and was looked at last
	missing      int   // looks in a row at which there was none
	// said is what was said of the run when half of the log was there, before it was widened.
	said forecast.Spread
}

// logSize is the size of a log at a point in time.
type logSize struct{ at, size int64 }

// maxSizes is how many sizes are kept of a run. If there are more, every other one goes.
const maxSizes = 32

func (l *logTrace) add(r *LogReading, at time.Time) {
	switch now := at.UnixNano(); {
	case l.looked == 0 && !r.Modified.IsZero():
		l.grew = max(l.grew, min(now, r.Modified.UnixNano()))
	case r.Total > l.total:
		l.grew = now
	}
	l.looked, l.total = at.UnixNano(), r.Total
	if r.Total == 0 {
		l.missing++
	}
	if r.Size == 0 {
		return
	}
	l.missing = 0
	if n := len(l.sizes); n > 0 && l.sizes[n-1].size >= r.Size {
		return
	}
	l.sizes = append(l.sizes, logSize{l.looked, r.Size})
	if len(l.sizes) > maxSizes {
		kept := l.sizes[:0]
		for i := 0; i < len(l.sizes); i += 2 {
			kept = append(kept, l.sizes[i])
		}
		l.sizes = kept
	}
}

// silence is for how long the logs have not grown, as far as that was seen.
func (l *logTrace) silence() time.Duration { return time.Duration(l.looked - l.grew) }

// reached returns when the log had a size, between two looks if need be; 0 if it had it at the
// first look already.
func (l *logTrace) reached(size int64) int64 {
	for i, s := range l.sizes {
		switch {
		case s.size < size:
		case i == 0:
			return 0
		default:
			before := l.sizes[i-1]
			share := float64(size-before.size) / float64(max(1, s.size-before.size))
			return before.at + int64(share*float64(s.at-before.at))
		}
	}
	return 0
}
