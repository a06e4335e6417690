package live

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// LogReader tells the estimator from time to time how far the logs of running tasks are.
type LogReader struct {
	API       kojirpc.API
	Estimator *estimates.Estimator
	// Wanted reports whether somebody will see it. If nobody will, the hub is not asked,
	// except for the tasks for which Asked reports that somebody wants to know of them.
	Wanted func() bool
	Asked  func(task int64, now time.Time) bool
}

const (
	// logPeriod is the time from one look at the logs to the next, which is one request.
	logPeriod = time.Minute
	// maxLogs bounds how many tasks a look is about: the hub reads a folder for each.
	maxLogs = 50
	// logPatience bounds how long a look may take: the next one is as good.
	logPatience = 30 * time.Second
)

// Run looks at the logs until ctx ends. Note is told how each look went.
func (l *LogReader) Run(ctx context.Context, note func(error)) {
	for {
		clock.Sleep(ctx, logPeriod)
		if ctx.Err() != nil {
			return
		}
		asked, err := l.look(ctx, time.Now())
		if asked && ctx.Err() == nil {
			note(err)
		}
	}
}

// look reports whether it has asked the hub.
func (l *LogReader) look(ctx context.Context, now time.Time) (asked bool, err error) {
	ids := l.Estimator.LogsToRead(maxLogs, estimates.LogInterest{
		All: l.Wanted(), Task: func(id int64) bool { return l.Asked(id, now) },
	}, now)
	if len(ids) == 0 {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, logPatience)
	defer cancel()
	batch := kojirpc.NewBatch(l.API)
	results := make([]*kojirpc.Result[map[string]kojirpc.OutputFile], len(ids))
	for i, id := range ids {
		results[i] = batch.StatTaskOutput(id)
	}
	if err := batch.Send(ctx); err != nil {
		return true, fmt.Errorf("read the sizes of logs: %w", err)
	}
	for i, r := range results {
		if files, err := r.Get(); err == nil { // else the next look tells
			l.Estimator.ObserveLog(ids[i], readingOf(files), now)
		}
	}
	return true, nil
}

// readingOf returns what the files of a task say of its logs. The build log is the one of that
// name, or else the largest one.
func readingOf(files map[string]kojirpc.OutputFile) estimates.LogReading {
	var r estimates.LogReading
	for name, f := range files {
		if !strings.HasSuffix(name, ".log") || f.Size < 0 {
			continue
		}
		r.Total += f.Size
		r.Size = max(r.Size, f.Size)
		if f.Modified.After(r.Modified) {
			r.Modified = f.Modified
		}
	}
	if f, ok := files["build.log"]; ok {
		r.Size = max(0, f.Size)
	}
	return r
}
