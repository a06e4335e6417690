package enrich

import (
	"context"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/retry"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// need is one question to the hub.
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

// lookup is a question under way. Its answer goes to where the facts are before
// done is closed.
type lookup struct {
	began time.Time
	done  chan struct{}
}

// failureLife is how long a question that had no answer is not asked again. It
// keeps an event from asking the same over and over.
const failureLife = time.Second

// notFoundLife is the same for what the hub does not know.
const notFoundLife = time.Minute

// longestPause is the longest time between two questions to a hub that does not
// answer.
const longestPause = 30 * time.Second

// Bounds on what is under way and on the memory of failures.
const (
	maxLookups  = 20_000
	maxFailures = 20_000
)

// failure says why a question has no answer.
type failure struct {
	reason string
	until  time.Time
}

// lookups asks, each question once at a time.
type lookups struct {
	answer  func(context.Context, need) error
	timeout time.Duration
	most    int             // questions under way
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

// ask joins a question or begins it. Where it does not, reason says why there is
// no answer.
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

// outcomeLocked says whether the end of a question shows that the hub answers.
func (l *lookups) outcomeLocked(q *lookup, err error) retry.Outcome {
	switch {
	case l.base.Err() != nil:
		return retry.Unknown
	case err == nil || !passing(reasonOf(err)):
		l.answered = time.Now()
		return retry.Success
	case l.answered.After(q.began): // another one, since
		return retry.Unknown
	}
	return retry.Failure
}

// giveUp notes that an event does not wait any longer for a question.
func (l *lookups) giveUp(q *lookup) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.breaker.IsOpen() && !l.answered.After(q.began) {
		l.breaker.End(retry.Failure, context.DeadlineExceeded)
	}
}

// noteFailure is called with mu held.
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

// wait waits for questions until one's budget is spent; a zero deadline is none.
// It is false if some have no answer yet. It does not wait for a hub that is known
// not to answer, unless there is no deadline.
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

// answered reports whether all questions have ended.
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

// close gives up what is under way and waits for its end.
func (l *lookups) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.stop()
	l.asking.Wait()
}

// underWay returns how many questions have no answer yet.
func (l *lookups) underWay() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.running)
}
