package estimation

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sentinel"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// logInterest knows who sees how far the logs of running tasks are. The hub is not asked for
// nobody.
type logInterest struct {
	seen []func() bool // each reports whether somebody sees those of all tasks

	mu    sync.Mutex
	asked map[int64]time.Time // when the estimate for a task was asked for last
}

const (
	// askedFor is how long somebody who has asked for a task is taken to be interested in it.
	askedFor = 5 * time.Minute
	// maxAsked bounds how many tasks those are.
	maxAsked = 200
)

func (l *logInterest) all() bool {
	return slices.ContainsFunc(l.seen, func(seen func() bool) bool { return seen() })
}

func (l *logInterest) note(task int64, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked == nil {
		l.asked = map[int64]time.Time{}
	}
	if _, known := l.asked[task]; !known && len(l.asked) >= maxAsked {
		for id, at := range l.asked {
			if now.Sub(at) >= askedFor {
				delete(l.asked, id)
			}
		}
		if len(l.asked) >= maxAsked {
			return
		}
	}
	l.asked[task] = now
}

func (l *logInterest) in(task int64, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, known := l.asked[task]
	return known && now.Sub(at) < askedFor
}

// WhileSeen has the hub asked how far the logs of running tasks are while somebody sees it.
// It must be called before Start.
func (d *Service) WhileSeen(seen func() bool) {
	if d != nil {
		d.logs.seen = append(d.logs.seen, seen)
	}
}

// readLogs asks the hub for the sizes of logs until ctx ends.
func (d *Service) readLogs(ctx context.Context, api kojirpc.API) {
	failures := &cliutil.FailureLogger{
		Log: d.log, Begins: "cannot get the sizes of logs from the hub; estimates go by durations alone; trying again",
		Ends: "getting the sizes of logs from the hub again", Tolerated: 1,
	}
	reader := &live.LogReader{API: api, Estimator: d.estimator, Wanted: d.logs.all, Asked: d.logs.in}
	reader.Run(ctx, failures.Note)
}

// LogsForSentinel returns what tells a sentinel whether logs still grow; nil if nothing does.
func (d *Service) LogsForSentinel() sentinel.Logs {
	if d == nil {
		return nil
	}
	return sentinelLogs{d.estimator}
}

type sentinelLogs struct{ *estimates.Estimator }

// Silent implements sentinel.Logs.
func (s sentinelLogs) Silent(task int64, _ time.Time) time.Duration { return s.LogSilence(task) }
