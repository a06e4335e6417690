package estimates

import (
	"cmp"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/koji"
)

// LogReading is what a hub says of the logs of a task at a point in time.
type LogReading struct {
	// Size is that of the build log, in bytes.
	Size int64
	// Total is the size of all logs.
	Total int64
	// Modified is when one of them was changed last; zero if that is not known.
	Modified time.Time
}

const (
	// longRun is how long a task has to run for its log to be worth a look.
	longRun = time.Minute
	// maxMissing is how many looks in a row may show no log until there are no more, unless
	// tasks of the method are known to write one.
	maxMissing = 5
	// maxUnread bounds how many tasks have ended and wait for a look at their log, and
	// unreadFor for how long they do.
	maxUnread = 200
	unreadFor = 10 * time.Minute
)

// LogInterest says whose logs are of interest.
type LogInterest struct {
	All  bool                // those of all tasks
	Task func(id int64) bool // those of a task and of those below it, before all others
}

// logCandidate is a task whose log may be looked at.
type logCandidate struct {
	id    int64
	rank  int
	share float64 // of its expected time that it has run
}

// LogsToRead returns the tasks whose logs are to be looked at, at most so many: first those
// that have ended, for the final size; then those that somebody asked for; then those that are
// the farthest in their expected time, or beyond it.
func (e *Estimator) LogsToRead(most int, of LogInterest, now time.Time) []int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []logCandidate
	for id, f := range e.unread {
		if now.Sub(timeOf(f.done)) > unreadFor {
			delete(e.unread, id)
			continue
		}
		list = append(list, logCandidate{id: id})
	}
	for id, f := range e.tasks {
		if !f.writesLog(now) || f.log != nil && f.log.missing >= maxMissing && !e.knowsLogs(f) {
			continue
		}
		c := logCandidate{id: id, rank: 2, share: e.elapsedShare(f, now)}
		if of.Task(id) || f.parent != 0 && of.Task(f.parent) {
			c.rank = 1
		}
		if of.All || c.rank == 1 {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b logCandidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.share, a.share), cmp.Compare(a.id, b.id))
	})
	ids := make([]int64, 0, min(len(list), most))
	for _, c := range list[:cap(ids)] {
		ids = append(ids, c.id)
	}
	return ids
}

// writesLog reports whether the task has run for long enough to have a log. Parents have none.
func (f *trackedTask) writesLog(now time.Time) bool {
	return f.state == koji.TaskOpen && f.run.Method != "" && f.started != 0 && now.Sub(timeOf(f.started)) >= longRun &&
		len(f.children) == 0 && f.facts&waits == 0
}

// elapsedShare is how much of its expected time a task has run.
func (e *Estimator) elapsedShare(f *trackedTask, now time.Time) float64 {
	x, _ := e.past.Expect(&f.run, now)
	return float64(now.Sub(timeOf(f.started))) / float64(max(x.Likely, time.Second))
}

// ObserveLog takes in what the hub says of the logs of a task.
func (e *Estimator) ObserveLog(id int64, r LogReading, at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if f := e.unread[id]; f != nil {
		delete(e.unread, id)
		e.learnLog(f, r.Size, at)
		return
	}
	f := e.tasks[id]
	if f == nil || f.state != koji.TaskOpen {
		return
	}
	switch {
	case f.log == nil || f.log.started != f.started:
		f.log = &logTrace{started: f.started, grew: f.started}
	case r.Total < f.log.total: // it begins anew
		f.log = &logTrace{started: f.started, grew: at.UnixNano()}
	}
	f.log.add(&r, at)
	if _, by := e.byLog(f); by.Known() && !f.log.said.Known() {
		f.log.said = by
	}
}

// LogSilence returns for how long the log of a task is known not to have grown, or not to be
// there although such tasks write one; 0 if it has grown, or if nothing is known of it.
func (e *Estimator) LogSilence(id int64) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	f := e.tasks[id]
	if f == nil || f.log == nil || f.log.total == 0 && !e.knowsLogs(f) {
		return 0
	}
	return f.log.silence()
}

// knowsLogs reports whether tasks of the same method were seen to write logs.
func (e *Estimator) knowsLogs(f *trackedTask) bool {
	_, known := e.past.Expect(&history.Run{Method: logMethod(f.run.Method)}, time.Time{})
	return known
}

// keepUnread notes that the log of a task that has ended has its final size now.
func (e *Estimator) keepUnread(f *trackedTask) {
	if f.log != nil && len(f.log.sizes) > 0 && !f.restarted && f.took() > 0 && len(e.unread) < maxUnread {
		e.unread[f.id] = f
	}
}

// The log of a task is learnt of as two runs: its size, a millisecond a byte, and the share of
// the time that it takes to half of that, in parts of an hour.
func logRuns(r *history.Run) (size, half history.Run) {
	size, half = *r, *r
	size.Method, half.Method = logMethod(r.Method), "half the log of "+r.Method
	return size, half
}

func logMethod(method string) string { return "log of " + method }

const wholeTime = time.Hour

func sizeAsTime(bytes int64) time.Duration {
	return time.Duration(min(bytes, int64(365*24*time.Hour/time.Millisecond))) * time.Millisecond
}

// learnLog teaches how large the log of a task has become, and when it had half of that.
func (e *Estimator) learnLog(f *trackedTask, size int64, at time.Time) {
	if size < f.log.sizes[len(f.log.sizes)-1].size {
		return // it is not all there
	}
	f.log.sizes = append(f.log.sizes, logSize{f.done, size})
	sizeRun, halfRun := logRuns(&f.run)
	e.past.Learn(&sizeRun, sizeAsTime(size), at)
	if half := f.log.reached(size / 2); half > f.started {
		e.past.Learn(&halfRun, times(wholeTime, float64(half-f.started)/float64(f.took())), at)
	}
	if said := f.log.said; said.Known() {
		e.past.LearnWidth(sizeRun.Method, said.Likely, said.Low, said.High, f.took())
	}
}

// byLog returns how far the log of a task is and, from half of its expected size on, how long
// the task runs from its start if what is missing takes its usual share of the time.
func (e *Estimator) byLog(f *trackedTask) (log forecast.Log, whole forecast.Spread) {
	t := f.log
	if t == nil || t.started != f.started || len(t.sizes) == 0 {
		return log, whole
	}
	log = forecast.Log{Size: t.sizes[len(t.sizes)-1].size, SilentFor: t.silence()}
	looked := timeOf(t.looked)
	sizeRun, halfRun := logRuns(&f.run)
	x, ok := e.past.Expect(&sizeRun, looked)
	if !ok || x.Level < history.OfPackage {
		return log, whole
	}
	size := forecast.Spread{Likely: x.Likely, Low: x.Low, High: x.High}.After(sizeAsTime(log.Size))
	log.Share = float64(sizeAsTime(log.Size)) / float64(size.Likely)
	half, ok := e.past.Expect(&halfRun, looked)
	if !ok || log.Share < 0.5 {
		return log, whole
	}
	whole = forecast.WholeOfLog(looked.Sub(timeOf(t.started)), log.Share, size,
		forecast.Spread{Likely: half.Likely, Low: half.Low, High: half.High}, wholeTime)
	return log, whole
}

// widenLog makes the interval of what a log tells as wide as it has to be.
func (e *Estimator) widenLog(f *trackedTask, whole forecast.Spread) forecast.Spread {
	if whole.Known() {
		whole.Low, whole.High = e.past.Widen(logMethod(f.run.Method), whole.Likely, whole.Low, whole.High)
	}
	return whole
}
