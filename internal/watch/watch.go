// Package watch shows the progress of tasks until they have ended: as a tree that is redrawn
// on a terminal, otherwise as a line for each change, or as JSON.
package watch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Options control how tasks are watched.
type Options struct {
	Out, Err io.Writer
	JSON     bool
	// Size returns the size of the terminal; nil: Out is none.
	Size  func() (width, height int)
	Color bool             // of states, on a terminal
	Now   func() time.Time // in the zone in which times are shown; nil: time.Now
	// Poll is the pause between two looks; 0: by what is left.
	Poll time.Duration
	// Events tells when to look, in place of pauses, and Interest to it what for; nil:
	// nothing does.
	Events   Events
	Interest *Interest
	// Ended, if set, is called for each of the tasks that has ended. What it returns is told.
	Ended func(context.Context, *koji.Task) error
	// Patience is how long the hub may take for a look. Default: 30 s.
	Patience time.Duration
	// Causes finds out why tasks failed; nil: nobody does.
	Causes causes
}

// Events notifies of events that may change what is shown.
type Events interface {
	// Wait blocks until such an event arrives. Without a connection it returns after the
	// pause.
	Wait(ctx context.Context, pause time.Duration)
}

// reader reads the state of tasks. *live.Tasks implements it.
type reader interface {
	Look(ctx context.Context) ([]*live.Answer, error)
}

// causes finds why a task failed. *firstcause.Finder implements it.
type causes interface {
	FindIn(ctx context.Context, task *koji.Task, tree kojirpc.TaskTree) (*event.Failure, error)
}

// FailedError reports tasks that did not end well.
type FailedError struct{ What []string }

func (e *FailedError) Error() string { return cliutil.Visible(strings.Join(e.What, "; ")) }

// ErrNothing reports that there was nothing to watch.
var ErrNothing = errors.New("there is no such task that has not ended")

// Run watches until all tasks have ended. It returns a [FailedError] if some did not end well,
// and the error of the context if it ended first.
func Run(ctx context.Context, tasks reader, o Options) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 30 * time.Second
	}
	w := watcher{opts: o, out: newOutput(o), told: map[int64]bool{}}
	looks := make(chan look)
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.follow(ctx, tasks, looks)
	}()
	defer func() {
		stop()
		<-done
	}()
	return w.show(ctx, looks)
}

// look is the result of reading the tasks.
type look struct {
	answers []*live.Answer
	err     error
	// failures are why tasks failed, by their ids, as far as that is known; seeking says
	// that more of them may come.
	failures map[int64]*event.Failure
	seeking  bool
}

type watcher struct {
	opts Options
	out  output
	told map[int64]bool // tasks of whose end Options.Ended knows
}

// follow reads the tasks repeatedly.
func (w *watcher) follow(ctx context.Context, tasks reader, looks chan<- look) {
	var last []*live.Answer
	found := explainer{causes: w.opts.Causes, tried: map[int64]*event.Failure{}}
	tell := func(l look) {
		l.failures = maps.Clone(found.tried)
		select {
		case looks <- l:
		case <-ctx.Done():
		}
	}
	for ctx.Err() == nil {
		patient, cancel := context.WithTimeout(ctx, w.opts.Patience)
		answers, err := tasks.Look(patient)
		cancel()
		failed := found.unexplained(answers)
		tell(look{answers: answers, err: err, seeking: len(failed) > 0})
		if len(failed) > 0 {
			patient, cancel := context.WithTimeout(ctx, w.opts.Patience)
			found.explain(patient, failed)
			cancel()
			tell(look{answers: answers})
		}
		if err != nil {
			clock.Sleep(ctx, w.pause(last))
			continue
		}
		last = answers
		w.sleep(ctx, last)
	}
}

// Limits of the pause between two reads. slowest applies while events announce changes, since
// estimates change without events.
const (
	shortest = 6 * time.Second
	longest  = 30 * time.Second
	slowest  = time.Minute
)

// sleep waits until the next read is due, at least for the shortest pause.
func (w *watcher) sleep(ctx context.Context, last []*live.Answer) {
	if w.opts.Events == nil {
		clock.Sleep(ctx, w.pause(last))
		return
	}
	w.opts.Interest.set(last)
	begun := time.Now()
	bounded, cancel := context.WithTimeout(ctx, slowest)
	w.opts.Events.Wait(bounded, w.pause(last))
	cancel()
	clock.Sleep(ctx, cmp.Or(w.opts.Poll, shortest)-time.Since(begun))
}

// pause returns how long to wait until the next read: the longer the remaining time, the
// longer the pause.
func (w *watcher) pause(answers []*live.Answer) time.Duration {
	if w.opts.Poll > 0 {
		return w.opts.Poll
	}
	pause := longest
	for _, a := range answers {
		if e := &a.Estimate; !a.Ended() && e.Known() {
			pause = min(pause, e.CompletionAt.Sub(a.Now)/20)
		} else if !a.Ended() {
			pause = min(pause, 15*time.Second)
		}
	}
	return max(shortest, pause)
}

// show shows what the looks tell, and on a terminal how time passes between them.
func (w *watcher) show(ctx context.Context, looks <-chan look) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var last look
	lost := ""
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case l := <-looks:
			switch {
			case l.err != nil && (last.answers == nil || errors.Is(l.err, koji.ErrNotFound)):
				return l.err
			case l.err != nil:
				lost = cliutil.Visible(l.err.Error())
			default:
				last, lost = l, ""
			}
		}
		if err := w.out.print(last, w.opts.Now(), lost); err != nil {
			return err
		}
		w.tell(ctx, last.answers)
		if last.answers != nil && lost == "" && last.ended() {
			return verdict(last.answers)
		}
	}
}

// tell calls Options.Ended for the tasks that have ended since it was called last.
func (w *watcher) tell(ctx context.Context, answers []*live.Answer) {
	if w.opts.Ended == nil {
		return
	}
	for _, a := range answers {
		t := &a.Node.Task
		if !t.State.Final() || w.told[t.ID] {
			continue
		}
		w.told[t.ID] = true
		if err := w.opts.Ended(ctx, t); err != nil {
			_, _ = fmt.Fprintf(w.opts.Err, "kojiwatch: warning: %s\n", cliutil.Visible(err.Error()))
		}
	}
}

// ended reports whether all tasks have ended and no cause is still being looked up.
func (l *look) ended() bool {
	for _, a := range l.answers {
		if !a.Ended() {
			return false
		}
	}
	return !l.seeking
}

func verdict(answers []*live.Answer) error {
	if len(answers) == 0 {
		return ErrNothing
	}
	var failed []string
	for _, a := range answers {
		if t := &a.Node.Task; t.State != koji.TaskClosed {
			failed = append(failed, fmt.Sprintf("task %d, %s: %s", t.ID, listing.What(t), t.State))
		}
	}
	if failed == nil {
		return nil
	}
	return &FailedError{failed}
}
