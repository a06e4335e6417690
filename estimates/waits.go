package estimates

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// longWait is from where on waits teach and are corrected by what was learnt: the
// queue's rules tell the others well enough. What is learnt is what no rule tells: tasks
// that come later and go first, and hosts that are not what they say.
const longWait = 3 * time.Minute

// kindOf is what tasks have in common whose waits are off by about the same.
func kindOf(t *koji.Task) string { return fmt.Sprintf("%s at %d", t.Method, t.Priority.Value) }

// learnWaits teaches by how much the wait for the start was off.
func (e *Estimator) learnWaits(f *follow) {
	t, said := &f.task, f.given.wait
	if said > longWait && !f.restarted && !t.Created.IsZero() && !t.Started.IsZero() && waitsAlone(t) {
		e.past.LearnWait(kindOf(t), said, t.Started.Sub(t.Created))
	}
}

// archesKind is for the waits of the arches of builds.
func archesKind(t *koji.Task) string { return "arches of " + kindOf(t) }

// waitsAlone is whether the wait of a task is its own: builds of a mass rebuild wait for
// one another, and what is learnt from some is no good for the others.
func waitsAlone(t *koji.Task) bool { return t.Method != "build" && koji.KnownMethod(t.Method) }

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
	if t.State == koji.TaskFree && wait > longWait && waitsAlone(t) {
		w := l.e.past.Waits(kindOf(t))
		s.Low, s.Likely, s.High = now.Add(times(wait, w.Low)), now.Add(times(wait, w.Middle)), now.Add(times(wait, w.High))
	}
	return s, true
}

func times(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }
