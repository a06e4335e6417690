// Package wait waits until tasks and builds have ended and, optionally, until builds are in a
// tag or in the repository of one.
package wait

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Options select what to wait for.
type Options struct {
	Words  []string // tasks and builds, as kojirpc.API.Find takes them
	Tagged string   // a tag that the builds are to be in; "": none
	InRepo string   // a tag whose repository is to have the builds; "": none
	// First and Last are the first and the longest pause between two looks. Defaults: 5 s
	// and 1 min.
	First, Last time.Duration
	// Events tells when to look, in place of pauses, and Interest to it what for; nil:
	// nothing does.
	Events   Events
	Interest *Interest
	// Unreachable is called when the hub cannot be reached at the start, which is tried again.
	Unreachable func(error)
}

// Events notifies of events that may end the wait.
type Events interface {
	// Wait blocks until such an event arrives. Without a connection it returns after the
	// pause.
	Wait(ctx context.Context, pause time.Duration)
}

// FailedError reports tasks and builds that did not end well.
type FailedError struct{ What []string }

func (e *FailedError) Error() string { return strings.Join(e.What, "; ") }

// TimeoutError reports the things that were still waited for at the timeout.
type TimeoutError struct{ What []string }

func (e *TimeoutError) Error() string { return "gave up waiting for " + strings.Join(e.What, ", ") }

// UnknownError reports that a task or build to wait for does not exist.
type UnknownError struct{ Err error }

func (e *UnknownError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *UnknownError) Unwrap() error { return e.Err }

// Run blocks until everything has come about. It retries while the hub cannot be reached, and
// after its first answer also after other errors, except if a thing does not exist.
func Run(ctx context.Context, api kojirpc.API, o Options) error {
	w := waiter{api: api, opts: o, pause: o.First}
	if w.pause == 0 {
		w.pause = 5 * time.Second
	}
	if w.opts.Last == 0 {
		w.opts.Last = time.Minute
	}
	if err := w.begin(ctx); err != nil {
		return w.ended(ctx, err)
	}
	refused := 0 // in a row
	for !w.done() {
		if w.opts.Interest != nil && w.opts.Interest.set(w.open(), &w.opts) {
			w.fresh = true
		}
		if !w.fresh {
			w.sleep(ctx)
		}
		if ctx.Err() != nil {
			return w.ended(ctx, ctx.Err())
		}
		w.fresh = false
		err := w.look(ctx)
		if _, fault := errors.AsType[*kojirpc.Fault](err); !fault {
			refused = 0 // it answered, or it may come back
		} else if refused++; refused == maxRefused {
			return err
		}
	}
	return w.verdict()
}

// begin finds the things that were named, as soon as the hub can be reached.
func (w *waiter) begin(ctx context.Context) error {
	for pause := w.pause; ; pause = w.longer(pause) {
		w.things = nil
		err := w.find(ctx)
		if err == nil || ctx.Err() != nil || !kojirpc.Temporary(err) {
			return err
		}
		if w.opts.Unreachable != nil {
			w.opts.Unreachable(err)
		}
		clock.Sleep(ctx, pause)
	}
}

// maxRefused is the number of consecutive faults of the hub after which the wait fails. A
// restart of the hub can cause a few.
const maxRefused = 5

// ended turns the end of a context into what was waited for.
func (w *waiter) ended(ctx context.Context, err error) error {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	var what []string
	for _, t := range w.things {
		if !t.done() {
			what = append(what, t.word)
		}
	}
	if len(w.things) == 0 {
		what = w.opts.Words
	}
	return &TimeoutError{what}
}

// sleep waits for an event, or for a growing pause.
func (w *waiter) sleep(ctx context.Context) {
	if w.opts.Events != nil {
		w.opts.Events.Wait(ctx, w.pause)
	} else {
		clock.Sleep(ctx, w.pause)
	}
	w.pause = w.longer(w.pause)
}

func (w *waiter) longer(pause time.Duration) time.Duration {
	return min(w.opts.Last, pause+pause/5)
}

// thing is a task or build that is waited for, and how far it is.
type thing struct {
	word    string
	task    int64 // 0: a build without one was named
	build   int64 // 0: not known
	pkg     string
	nvr     string
	state   string // of what was named
	ended   bool
	failed  bool
	tagged  bool // or not wanted
	inRepo  bool // or not wanted
	isBuild bool // a build was named
}

func (t *thing) done() bool { return t.failed || t.ended && t.tagged && t.inRepo }

// needsBuild reports whether the build of the task must be looked up.
func (t *thing) needsBuild() bool {
	return t.ended && !t.failed && t.build == 0 && (!t.tagged || !t.inRepo)
}

func (t *thing) setTask(task *koji.Task) {
	t.state, t.ended = task.State.String(), task.State.Final()
	t.failed = t.ended && task.State != koji.TaskClosed
}

func (t *thing) setBuild(b *koji.Build) {
	t.build, t.pkg, t.nvr = b.ID, b.Name, b.NVR
	if t.isBuild {
		t.state, t.ended = b.State.String(), b.State.Final()
		t.failed = t.ended && b.State != koji.BuildComplete
	}
}

func (w *waiter) open() []*thing {
	var list []*thing
	for _, t := range w.things {
		if !t.done() {
			list = append(list, t)
		}
	}
	return list
}

func (w *waiter) done() bool { return len(w.open()) == 0 }

func (w *waiter) verdict() error {
	var failed []string
	for _, t := range w.things {
		if t.failed {
			failed = append(failed, fmt.Sprintf("%s: %s", t.word, t.state))
		}
	}
	if failed == nil {
		return nil
	}
	return &FailedError{failed}
}
