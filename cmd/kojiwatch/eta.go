package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/etatext"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

func etaCommand(streams cliutil.Streams) *cobra.Command {
	var opts EtaOptions
	var score bool
	var history string
	cmd := &cobra.Command{
		Use:   "eta TASK|BUILD|NVR|URL|PACKAGE | --score",
		Short: "Tell when a task or build will be done",
		Long: `eta asks a Koji hub for a task or build and tells when it will be done: most
likely, and between when and when in four cases of five. For what waits it tells
what it waits for, how many tasks are ahead, and when it will start. For a package
it tells how long a build would take.

What is named by a number is a task, if there is one with that id, else a build;
task:ID and build:ID say which. A URL is one of kojiweb.

The estimate goes by the package's last builds on the hub, arch by arch, else by
the hub's average; the start of what waits by the hosts of its channel, what runs
on them and what waits ahead. It says what it goes by.

--watch goes on until the task has ended, and exits with 1 if it failed or was
canceled.

--score shows how the estimates that the daemon put into events have fared, by
method and by when they were given: when the task began to wait (free), when it
began to run (open), when half of its run was over (half). MEDIAN ERROR is what half
of the estimates were off by at most, as a share of the time that remained; BIAS is
above zero where they were too long; IN INTERVAL should be 80 %. HUB'S AVERAGE is
the median error of the hub's average build duration for the same tasks.`,
		Example: `  kojiwatch eta --profile fedora 123456789
  kojiwatch eta --profile fedora bash-5.2-1.fc44 --watch
  kojiwatch eta --profile fedora https://koji.fedoraproject.org/koji/taskinfo?taskID=123456789
  kojiwatch eta --profile fedora kernel --target f44 --json | jq .estimate.duration
  kojiwatch eta --score --config kojiwatch.yaml`,
		Args: withUsage(func(cmd *cobra.Command, args []string) error {
			if score {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			if score {
				return EtaScore(streams, EtaScoreOptions{Config: opts.Config, Dir: history, JSON: opts.JSON})
			}
			opts.Name = args[0]
			if opts.Config != "" && (opts.Profile != "" || opts.URL != "" || opts.ConfigFile != "") {
				return usageError{errors.New("--config names the hub: leave out --profile, --hub and --koji-config")}
			}
			return Eta(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	hubFlags(f, &opts.Options)
	f.StringVar(&opts.Config, "config", "", "a kojiwatch configuration `file` whose hub to ask")
	f.StringVar(&opts.Target, "target", "", "for a package: the build `target`")
	f.BoolVar(&opts.JSON, "json", false, "print one JSON object, with --score one on a line for each row")
	f.BoolVar(&score, "score", false, "show how estimates have fared")
	f.StringVar(&history, "history", "", "with --score: the state `folder` (default the configuration's)")
	f.BoolVarP(&opts.Watch, "watch", "w", false, "go on until it has ended")
	return cmd
}

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

// EndedError reports that the watched task or build did not end successfully.
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
		out := &etatext.Screen{Out: streams.Out, JSON: opts.JSON, Terminal: cliutil.IsTerminal(streams.Out)}
		if !opts.Watch {
			answer, err := reader.Look(ctx)
			if err != nil {
				return err
			}
			return out.Print(answer)
		}
		out.Width = cliutil.TerminalWidth(streams.Out)
		return (&etaWatch{reader, opts}).run(ctx, streams, out)
	})
}

// etaWatch looks at a task or build until it has ended.
type etaWatch struct {
	reader *live.Reader
	opts   EtaOptions
}

// run looks again and again until the end.
func (w *etaWatch) run(ctx context.Context, streams cliutil.Streams, out *etatext.Screen) error {
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
			_, _ = fmt.Fprintf(streams.Err, "kojiwatch: %v; trying again\n", err)
		default:
			if err := out.Print(answer); err != nil {
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

// interrupted reports whether the user has ended the watch, which is no error.
func interrupted(ctx context.Context) bool { return ctx.Err() != nil }

func (w *etaWatch) lookInTime(ctx context.Context) (*live.Answer, error) {
	if w.opts.Timeout <= 0 {
		return w.reader.Look(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, w.opts.Timeout)
	defer cancel()
	return w.reader.Look(ctx)
}

// pause returns how long to wait before asking the hub again: the longer, the more is left.
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

// etaVerdict returns an error unless the task or build ended successfully.
func etaVerdict(a *live.Answer) error {
	if s := a.State(); s == koji.TaskFailed.String() || s == koji.TaskCanceled.String() {
		return &EndedError{etatext.What(a), s}
	}
	return nil
}
