package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
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
	if opts.Now == nil {
		opts.Now = time.Now
	}
	hub := opts.HubOptions
	if opts.Watch {
		hub.Timeout = 0 // that of a look, not of the watch
	}
	return withHubOf(ctx, streams, opts.Config, hub, func(ctx context.Context, api kojirpc.API) error {
		e := &etaReader{api: api, opts: opts}
		if err := e.resolve(ctx); err != nil {
			return err
		}
		out := &etaScreen{w: streams.Out, json: opts.JSON, terminal: IsTerminal(streams.Out), width: terminalWidth(streams.Out)}
		if !opts.Watch {
			out.width = 0 // nothing is printed over
		}
		if !opts.Watch {
			answer, err := e.look(ctx)
			if err != nil {
				return err
			}
			return out.print(answer)
		}
		return e.watch(ctx, streams, out)
	})
}

// watch looks again and again until the end.
func (e *etaReader) watch(ctx context.Context, streams Streams, out *etaScreen) error {
	if e.task == 0 && e.build == nil {
		return fmt.Errorf("%s is a package, not something that runs: --watch has nothing to wait for", visible(e.opts.Name))
	}
	for first := true; !interrupted(ctx); first = false {
		answer, err := e.lookInTime(ctx)
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
				return answer.verdict()
			}
		}
		sleepFor(ctx, e.pause(answer))
	}
	return nil
}

// interrupted reports whether nobody waits any more, which is no mistake.
func interrupted(ctx context.Context) bool { return ctx.Err() != nil }

func (e *etaReader) lookInTime(ctx context.Context) (*etaAnswer, error) {
	if e.opts.Timeout <= 0 {
		return e.look(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, e.opts.Timeout)
	defer cancel()
	return e.look(ctx)
}

// pause is how long not to ask the hub: the longer, the more is left.
func (e *etaReader) pause(a *etaAnswer) time.Duration {
	if e.opts.Poll > 0 {
		return e.opts.Poll
	}
	const shortest, longest = 6 * time.Second, time.Minute
	if a == nil || !a.estimate.Known() {
		return 15 * time.Second
	}
	return max(shortest, min(longest, a.estimate.CompletionAt.Sub(a.now)/20))
}

// etaAnswer is what is known of a task, build or package at a moment.
type etaAnswer struct {
	now      time.Time
	node     *forecast.Node // nil: there is no task
	build    *koji.Build    // nil: there is no build
	pkg      string         // the package's name; "" if there is none
	target   string
	estimate forecast.Estimate
	onlyPkg  bool // asked about a package, nothing runs
}

// state is that of the task, else of the build.
func (a *etaAnswer) state() string {
	switch {
	case a.node != nil:
		return a.node.Task.State.String()
	case a.build != nil:
		return a.build.State.String()
	}
	return ""
}

func (a *etaAnswer) ended() bool {
	if a.node != nil {
		return a.node.Task.State.Final()
	}
	return a.build != nil && a.build.State.Final()
}

// verdict is nil for what ended well.
func (a *etaAnswer) verdict() error {
	if s := a.state(); s == koji.TaskFailed.String() || s == koji.TaskCanceled.String() {
		return &EndedError{a.what(), s}
	}
	return nil
}

// withHubOf is withHub, or the same with the hub of a configuration.
func withHubOf(ctx context.Context, streams Streams, file string, opts HubOptions, do func(context.Context, kojirpc.API) error) (err error) {
	if file == "" {
		return withHub(ctx, streams, opts, do)
	}
	c, err := LoadConfig(file)
	if err != nil {
		return err
	}
	if !c.Hub.Configured() {
		return c.Problem("hub", "names no hub to ask; set hub.profile or hub.server")
	}
	access, err := accessOf(c)
	if err != nil {
		return err
	}
	link := &hubLink{web: access.web}
	if err := link.connect(c, access); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeHub(ctx, link.client)) }()
	if opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.Timeout)
		defer cancel()
	}
	return do(ctx, link.api)
}
