package enrich

import (
	"context"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/retry"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// need identifies one lookup at the hub.
type need struct {
	what whatNeed
	name namecache.Kind // for needName
	id   int64
}

type whatNeed uint8

const (
	needName    whatNeed = iota
	needTask             // of a task
	needBuild            // of a build
	needBuildOf          // of a task
	needTags             // of a build
	needFailure          // of a task
)

// lookup is a lookup in progress. Its answer is stored before done is closed.
type lookup struct {
	began time.Time
	done  chan struct{}
}

// failureLife is how long a failed lookup is not repeated.
const failureLife = time.Second

// notFoundLife is the additional time for objects that do not exist on the hub.
const notFoundLife = time.Minute

// longestPause is the longest time between two lookups while the hub does not answer.
const longestPause = 30 * time.Second

// Bounds of lookups in progress, and of remembered failures.
const (
	maxLookups  = 20_000
	maxFailures = 20_000
)

// failure is the reason why a lookup has no answer.
type failure struct {
	reason string
	until  time.Time
}

// lookups runs lookups, never two with the same need at a time.
type lookups struct {
	answer  func(context.Context, need) error
	timeout time.Duration
	most    int             // maximum number of lookups in progress
	breaker retry.Breaker   // open while the hub does not answer
	base    context.Context // ends when the enricher is closed
	stop    context.CancelFunc
	asking  sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	answered time.Time // when the hub answered last
	running  map[need]*lookup
	failed   map[need]failure
}

func newLookups(timeout time.Duration, answer func(context.Context, need) error) *lookups {
	l := &lookups{
		answer: answer, timeout: timeout, most: maxLookups, running: map[need]*lookup{}, failed: map[need]failure{},
		breaker: retry.Breaker{Failures: 1, Backoff: retry.Backoff{First: time.Second, Last: longestPause}},
	}
	l.base, l.stop = context.WithCancel(context.Background())
	return l
}

// ask joins or starts a lookup. If it does neither, reason says why there is no answer.
func (l *lookups) ask(n need) (_ *lookup, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if running := l.running[n]; running != nil {
		return running, ""
	}
	if f, found := l.failed[n]; found && time.Now().Before(f.until) {
		return nil, f.reason
	}
	if l.closed || len(l.running) >= l.most || l.breaker.Begin() != nil {
		return nil, ReasonHubDown
	}
	q := &lookup{began: time.Now(), done: make(chan struct{})}
	l.running[n] = q
	l.asking.Go(func() { l.run(n, q) })
	return q, ""
}

func (l *lookups) run(n need, q *lookup) {
	ctx, cancel := context.WithTimeout(l.base, l.timeout)
	defer cancel()
	err := l.answer(ctx, n)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.breaker.End(l.outcomeLocked(q, err), err)
	delete(l.running, n)
	l.noteFailure(n, err)
	close(q.done)
}

// outcomeLocked returns what the end of a lookup means for the circuit breaker.
func (l *lookups) outcomeLocked(q *lookup, err error) retry.Outcome {
	switch {
	case l.base.Err() != nil:
		return retry.Unknown
	case err == nil || !passing(reasonOf(err)):
		l.answered = time.Now()
		return retry.Success
	case l.answered.After(q.began): // the hub has answered another one since
		return retry.Unknown
	}
	return retry.Failure
}

// giveUp records that an event has stopped waiting for a lookup.
func (l *lookups) giveUp(q *lookup) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.breaker.IsOpen() && !l.answered.After(q.began) {
		l.breaker.End(retry.Failure, context.DeadlineExceeded)
	}
}

// noteFailure records the result of a lookup. mu must be held.
func (l *lookups) noteFailure(n need, err error) {
	if err == nil {
		delete(l.failed, n)
		return
	}
	f := failure{reason: reasonOf(err), until: time.Now().Add(failureLife)}
	if f.reason == ReasonNotFound {
		f.until = f.until.Add(notFoundLife)
	}
	if len(l.failed) >= maxFailures {
		clear(l.failed)
	}
	l.failed[n] = f
}

// wait waits for lookups until the deadline; the zero deadline means none. It reports whether
// all lookups have ended. With a deadline it does not wait while the hub is known not to
// answer.
func (l *lookups) wait(ctx context.Context, questions []*lookup, deadline time.Time) bool {
	var spent <-chan time.Time
	if !deadline.IsZero() {
		if l.breaker.IsOpen() {
			return answered(questions)
		}
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		spent = timer.C
	}
	for _, q := range questions {
		select {
		case <-q.done:
		case <-spent:
			l.giveUp(q)
			return answered(questions)
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// answered reports whether all lookups have ended.
func answered(questions []*lookup) bool {
	for _, q := range questions {
		select {
		case <-q.done:
		default:
			return false
		}
	}
	return true
}

// close cancels the lookups in progress and waits for their end.
func (l *lookups) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.stop()
	l.asking.Wait()
}

// underWay returns the number of lookups in progress.
func (l *lookups) underWay() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.running)
}
