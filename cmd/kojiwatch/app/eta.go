package app

import (
	"context"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// EtaOptions say of what to tell when it will be done.
type EtaOptions struct {
	HubOptions
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
func Eta(ctx context.Context, streams Streams, opts EtaOptions) error {
	hub := opts.HubOptions
	if opts.Watch {
		hub.Timeout = 0 // that of a look, not of the watch
	}
	return withHubOf(ctx, streams, opts.Config, hub, func(ctx context.Context, api kojirpc.API) error {
		reader, err := openEtaReader(ctx, api, etaReaderOptions{Name: opts.Name, Target: opts.Target, Now: opts.Now})
		if err != nil {
			return err
		}
		out := &etaScreen{w: streams.Out, json: opts.JSON, terminal: IsTerminal(streams.Out), width: terminalWidth(streams.Out)}
		if !opts.Watch {
			out.width = 0 // nothing is printed over
		}
		if !opts.Watch {
			answer, err := reader.look(ctx)
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
	reader *etaReader
	opts   EtaOptions
}

// run looks again and again until the end.
func (w *etaWatch) run(ctx context.Context, streams Streams, out *etaScreen) error {
	if w.reader.aboutPackage() {
		return fmt.Errorf("%s is a package, not something that runs: --watch has nothing to wait for", visible(w.opts.Name))
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
			if answer.ended() {
				return etaVerdict(answer)
			}
		}
		sleepFor(ctx, w.pause(answer))
	}
	return nil
}

// interrupted reports whether nobody waits any more, which is no mistake.
func interrupted(ctx context.Context) bool { return ctx.Err() != nil }

func (w *etaWatch) lookInTime(ctx context.Context) (*etaAnswer, error) {
	if w.opts.Timeout <= 0 {
		return w.reader.look(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, w.opts.Timeout)
	defer cancel()
	return w.reader.look(ctx)
}

// pause is how long not to ask the hub: the longer, the more is left.
func (w *etaWatch) pause(a *etaAnswer) time.Duration {
	if w.opts.Poll > 0 {
		return w.opts.Poll
	}
	const shortest, longest = 6 * time.Second, time.Minute
	if a == nil || !a.estimate.Known() {
		return 15 * time.Second
	}
	return max(shortest, min(longest, a.estimate.CompletionAt.Sub(a.now)/20))
}

// etaVerdict is nil for what ended well.
func etaVerdict(a *etaAnswer) error {
	if s := a.state(); s == koji.TaskFailed.String() || s == koji.TaskCanceled.String() {
		return &EndedError{etaWhat(a), s}
	}
	return nil
}
