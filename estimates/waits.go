package estimates

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// longWait is from where on waits teach and are corrected by what was learnt: the
// queue's rules tell the others well enough. What is learnt is what no rule tells: tasks
// that come later and go first, and hosts that are not what they say.
const longWait = 3 * time.Minute

// idleWait is up to where a wait is that for the next round of the scheduler and the
// builder's next question, and nothing else.
const idleWait = 40 * time.Second

// kindOf groups tasks whose waits are off by about the same factor.
func kindOf(method string, priority int64) string { return fmt.Sprintf("%s at %d", method, priority) }

// longPickup is the longest wait that may be for scheduler and builder alone.
const longPickup = 15 * time.Minute

// learnWaits teaches how long the task waited where nothing stood in its way, else by
// how much that was off.
func (e *Estimator) learnWaits(f *trackedTask, at time.Time) {
	if f.restarted || f.created == 0 || f.started == 0 {
		return
	}
	waited := time.Duration(f.started - f.created)
	var said time.Duration
	if s := f.estimates.waiting; s != nil {
		said = s.wait
	}
	switch {
	case f.idle && said <= longWait && waited <= longPickup:
		r := pickupRun(f.run.Method, f.channel.Name, f.arch)
		e.past.Learn(&r, waited, at)
	case said > longWait && waitsAlone(f.run.Method):
		e.past.LearnWait(f.kind(), said, waited)
	}
}

// pickupRun describes the wait of a task that could start at once, for scheduler and
// builder, as a run: hubs and builders have their own pace.
func pickupRun(method, channel, arch string) history.Run {
	return history.Run{Method: "wait of " + method, Target: channel, Arch: arch}
}

func (r *record) kind() string { return kindOf(r.run.Method, int64(r.priority)) }

// archesKind groups the waits of builds' arches.
func archesKind(r *record) string { return "arches of " + r.kind() }

// waitsAlone reports whether the wait of a task tells about others: builds of a mass
// rebuild wait for one another.
func waitsAlone(method string) bool { return method != "build" && koji.KnownMethod(method) }

// learntStarts is the queue, corrected by what was learnt.
type learntStarts struct {
	e   *Estimator
	of  int64         // a task
	raw time.Duration // that was said of it before
}

// Expect implements forecast.Queue.
func (l *learntStarts) Expect(t *koji.Task, now time.Time) (queue.Start, bool) {
	s, ok := l.e.queue.Expect(t, now)
	wait := s.Likely.Sub(now)
	if !ok || !s.Known() {
		return s, ok
	}
	if t.ID == l.of {
		l.raw = wait
	}
	if t.State == koji.TaskFree {
		l.correct(&s, t, wait, now)
	}
	return s, true
}

// correct puts what was learnt into the start of a task that waits. A longer wait by the
// rules never becomes a shorter one.
func (l *learntStarts) correct(s *queue.Start, t *koji.Task, wait time.Duration, now time.Time) {
	if wait > longWait && waitsAlone(t.Method) {
		w := l.e.past.Waits(kindOf(t.Method, t.Priority.Value))
		likely := max(longWait, times(wait, w.Middle))
		s.Likely, s.High = now.Add(likely), now.Add(max(likely, times(wait, w.High)))
		s.Low = now.Add(min(likely, times(wait, w.Low)))
	}
	pickup, ok := l.pickup(t, now)
	switch {
	case !ok:
	case wait <= idleWait:
		s.Low, s.Likely, s.High = later(now, pickup.Low), pickup.CompletionAt, pickup.High
	default:
		s.Low, s.Likely, s.High = later(s.Low, pickup.Low), later(s.Likely, pickup.CompletionAt), later(s.High, pickup.High)
	}
}

// enoughPickups is how many waits it takes to know the pace of a hub and its builders.
const enoughPickups = 20

// pickup goes by how long such tasks have waited that could start at once. What has
// waited for some of that waits for the rest.
func (l *learntStarts) pickup(t *koji.Task, now time.Time) (forecast.Estimate, bool) {
	r := pickupRun(t.Method, t.Channel.Name, t.Arch)
	x, ok := l.e.past.Expect(&r, now)
	if !ok || x.Runs < enoughPickups {
		return forecast.Estimate{}, false
	}
	whole := forecast.Spread{Likely: x.Likely, Low: x.Low, High: x.High}
	return forecast.Running(whole, orNow(t.Created, now), now), true
}

func times(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }
