package main

import (
	"context"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// EtaOptions say of what to tell when it will be done.
type EtaOptions struct {
	hub.Options
	Config string // a configuration whose hub to ask, in place of a profile or URL
	Name   string // a task, build, NVR, URL or package
	Target string // for a package: what it would be built for
	JSON   bool
	Watch  bool          // until it has ended
	Poll   time.Duration // between two looks; 0: by what is left

	Now func() time.Time // nil: time.Now
}

// EndedError is that what was watched ended otherwise than well.
type EndedError struct{ What, State string }

// Error implements error.
func (e *EndedError) Error() string { return e.What + " ended " + e.State }

// Eta tells when a task or build will be done.
func Eta(ctx context.Context, streams cliutil.Streams, opts EtaOptions) error {
	which := opts.Options
	if opts.Watch {
		which.Timeout = 0 // that of a look, not of the watch
	}
	return hub.With(ctx, streams, opts.Config, which, func(ctx context.Context, api kojirpc.API) error {
		reader, err := live.Open(ctx, api, live.Options{Name: opts.Name, Target: opts.Target, Now: opts.Now})
		if err != nil {
			return err
		}
		out := &etaScreen{w: streams.Out, json: opts.JSON, terminal: cliutil.IsTerminal(streams.Out), width: cliutil.TerminalWidth(streams.Out)}
		if !opts.Watch {
			out.width = 0 // nothing is printed over
		}
		if !opts.Watch {
			answer, err := reader.Look(ctx)
			if err != nil {
				return err
			}
			return out.print(answer)
		}
		return (&etaWatch{reader, opts}).run(ctx, streams, out)
	})
}

// etaWatch looks at a task or build until it has ended.
type etaWatch struct {
	reader *live.Reader
	opts   EtaOptions
}

// run looks again and again until the end.
func (w *etaWatch) run(ctx context.Context, streams cliutil.Streams, out *etaScreen) error {
	if w.reader.AboutPackage() {
		return fmt.Errorf("%s is a package, not something that runs: --watch has nothing to wait for", cliutil.Visible(w.opts.Name))
	}
	for first := true; !interrupted(ctx); first = false {
		answer, err := w.lookInTime(ctx)
		if interrupted(ctx) {
			break
		}
		switch {
		case err != nil && first:
			return err
		case err != nil: // the hub may come back
			_, _ = fmt.Fprintf(streams.Err, "kojiwatch: %v; looking again\n", err)
		default:
			if err := out.print(answer); err != nil {
				return err
			}
			if answer.Ended() {
				return etaVerdict(answer)
			}
		}
		clock.Sleep(ctx, w.pause(answer))
	}
	return nil
}

// interrupted reports whether nobody waits any more, which is no mistake.
func interrupted(ctx context.Context) bool { return ctx.Err() != nil }

func (w *etaWatch) lookInTime(ctx context.Context) (*live.Answer, error) {
	if w.opts.Timeout <= 0 {
		return w.reader.Look(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, w.opts.Timeout)
	defer cancel()
	return w.reader.Look(ctx)
}

// pause is how long not to ask the hub: the longer, the more is left.
func (w *etaWatch) pause(a *live.Answer) time.Duration {
	if w.opts.Poll > 0 {
		return w.opts.Poll
	}
	const shortest, longest = 6 * time.Second, time.Minute
	if a == nil || !a.Estimate.Known() {
		return 15 * time.Second
	}
	return max(shortest, min(longest, a.Estimate.CompletionAt.Sub(a.Now)/20))
}

// etaVerdict is nil for what ended well.
func etaVerdict(a *live.Answer) error {
	if s := a.State(); s == koji.TaskFailed.String() || s == koji.TaskCanceled.String() {
		return &EndedError{etaWhat(a), s}
	}
	return nil
}
