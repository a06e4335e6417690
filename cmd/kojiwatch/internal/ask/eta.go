package ask

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/etatext"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/internal/suggest"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

func etaCommand(streams cliutil.Streams) *cobra.Command {
	var opts etaOptions
	var score bool
	var history string
	cmd := &cobra.Command{
		Use:   "eta TASK|BUILD|NVR|URL|PACKAGE | --score",
		Short: "Estimate when a task or build will be done",
		Long: `eta asks a Koji hub about a task or build and prints when it will be done: the
most likely time, and an interval that holds in four cases out of five. For a waiting
task it also prints the reason, how many tasks are ahead, and when it will start. For
a package it prints how long a build would take.

A number is the id of a task or, if there is no such task, of a build; use task:ID or
build:ID to choose. A URL is a page of kojiweb; if no flag names the hub, it is
that of the profile or preset whose kojiweb it is.

The estimate is based on the package's last builds on the hub, arch by arch, or else
on the hub's average; the start of a waiting task, on the hosts of its channel, the
tasks that run on them and those ahead of it. The output names the basis. With
--config, if that names an admin.listen at which a daemon runs, the estimate is that
of the daemon, which has learnt from all that it has seen; if the file names no hub,
the daemon alone is asked, about a task.

--watch repeats this until the task has ended, and exits with 1 if it failed or was
canceled.

--score shows how accurate the estimates in the daemon's events were, by method and
by the moment of the estimate: when the task began to wait (free), when it started
(open), when half of its run was over (half). Half of the estimates were off by no
more than MEDIAN ERROR, as a share of the remaining time. BIAS is positive if
estimates were too long. IN INTERVAL should be 80 %. HUB'S AVERAGE is the median
error of the hub's average build duration for the same tasks.`,
		Example: `  kojiwatch eta --preset fedora bash
  kojiwatch eta --profile fedora 123456789
  kojiwatch eta --profile fedora bash-5.2-1.fc44 --watch
  kojiwatch eta --profile fedora https://koji.fedoraproject.org/koji/taskinfo?taskID=123456789
  kojiwatch eta --profile fedora kernel --target f44 --json | jq .estimate.duration
  kojiwatch eta --score --config kojiwatch.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if score {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if score {
				return printScore(streams, scoreOptions{Config: opts.config, Dir: history, JSON: opts.json})
			}
			opts.Name = args[0]
			return printETA(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	opts.hubFlags(f)
	f.StringVar(&opts.Target, "target", "", "the build `target`, for a package")
	f.BoolVar(&opts.json, "json", false, "print JSON: one object or, with --score, one per line")
	f.BoolVar(&score, "score", false, "show how accurate estimates were")
	f.StringVar(&history, "history", "", "the state `folder`, for --score (default the configuration's)")
	f.BoolVarP(&opts.Watch, "watch", "w", false, "repeat until it has ended")
	return cmd
}

// etaOptions select what to estimate, and how.
type etaOptions struct {
	question
	Name   string        // a task, build, NVR, URL or package
	Target string        // for a package: what it would be built for
	Watch  bool          // until it has ended
	Poll   time.Duration // between two looks; 0: by what is left

	Now func() time.Time // nil: time.Now
}

// EndedError reports that the watched task or build did not end successfully.
type EndedError struct{ What, State string }

func (e *EndedError) Error() string { return e.What + " ended " + e.State }

// printETA prints when a task or build will be done.
func printETA(ctx context.Context, streams cliutil.Streams, opts etaOptions) error {
	daemon := ""
	if opts.config != "" {
		c, err := sinkbuild.LoadConfig(opts.config)
		if err != nil {
			return err
		}
		if daemon = c.Admin.Listen; !c.Hub.Configured() && !namesHub(&opts.Options) {
			return printDaemonETA(ctx, streams, c, &opts)
		}
	}
	q := opts.question
	if opts.Watch {
		q.Timeout = 0 // that of a look, not of the watch
	}
	return q.ask(ctx, streams, []string{opts.Name}, func(ctx context.Context, api kojirpc.API) error {
		reader, err := live.Open(ctx, api, live.Options{Name: opts.Name, Target: opts.Target, Now: opts.Now})
		if err != nil {
			return err
		}
		if err := checkTarget(ctx, api, opts.Target, reader.AboutPackage()); err != nil {
			return err
		}
		out := opts.screen(streams)
		if !opts.Watch {
			answer, err := reader.Look(ctx)
			if err != nil {
				return err
			}
			askDaemon(ctx, daemon, answer)
			return out.Print(answer)
		}
		return (&etaWatch{reader, opts, daemon}).run(ctx, streams, out)
	})
}

// screen returns a screen for forecasts.
func (o *etaOptions) screen(streams cliutil.Streams) *etatext.Screen {
	return &etatext.Screen{
		Out: streams.Out, JSON: o.json,
		Terminal: cliutil.IsTerminal(streams.Out), Width: cliutil.TerminalWidth(streams.Out),
	}
}

// checkTarget returns an error if the hub does not have the build target, or if it is given for
// something that has a target of its own.
func checkTarget(ctx context.Context, api kojirpc.API, name string, aboutPackage bool) error {
	if name == "" {
		return nil
	}
	if !aboutPackage {
		return cli.UsageError{Err: errors.New("--target is for packages; a task or build has a target already")}
	}
	_, err := api.GetBuildTarget(ctx, kojirpc.Name(name))
	if !errors.Is(err, koji.ErrNotFound) {
		return err
	}
	all, _ := api.GetBuildTargets(ctx, kojirpc.TargetFilter{}) // without it there is no hint
	return errors.New(cliutil.Visible(fmt.Sprintf("the hub has no build target %q%s", name, suggest.Meant(name, listing.TargetNames(all)))))
}

// etaWatch follows a task or build until it has ended.
type etaWatch struct {
	reader *live.Reader
	opts   etaOptions
	daemon string // the address of one's listener; "": none
}

// run prints a forecast repeatedly until the task or build has ended.
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
	return fmt.Errorf("%w before %s had ended", cli.ErrInterrupted, cliutil.Visible(w.opts.Name))
}

// interrupted reports whether the user has ended the watch.
func interrupted(ctx context.Context) bool { return ctx.Err() != nil }

func (w *etaWatch) lookInTime(ctx context.Context) (*live.Answer, error) {
	if w.opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.opts.Timeout)
		defer cancel()
	}
	answer, err := w.reader.Look(ctx)
	if err == nil {
		askDaemon(ctx, w.daemon, answer)
	}
	return answer, err
}

// pause returns how long to wait before asking the hub again: the longer the remaining time,
// the longer the pause.
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
