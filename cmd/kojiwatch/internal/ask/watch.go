package ask

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/firstcause"
	"github.com/kojiwatch/kojiwatch/internal/listen"
	"github.com/kojiwatch/kojiwatch/internal/notify"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/internal/wait"
	"github.com/kojiwatch/kojiwatch/internal/watch"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

func watchCommand(streams cliutil.Streams) *cobra.Command {
	var q question
	var choice watch.Choice
	var source brokerSource
	var notices string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "watch TASK|BUILD|NVR|URL... | --mine | --user U | --package P | --tag T",
		Short: "Watch tasks and those below them until they have ended",
		Long: `watch shows tasks with those below them until they have ended: their states, hosts, how
long they have run and when they will be done, as eta tells it. On a terminal it is one
picture that is drawn again every second; elsewhere a line is written for each change of
a state, or with --json an object.

Of a task that failed it tells why: the arch, the host, the log and the line of it that
tells the cause.

With --mine, --user, --package or --tag (builds that go into the tag) it watches what
runs, and what begins meanwhile.

It asks the hub every 6 to 30 seconds, in one request for any number of tasks. With a
broker (--broker, a --preset that has one, or --config) it asks when a message says that
something has changed, and else once a minute. A hub that does not answer is asked again.

With --notify it gives notice when one of the tasks has ended: on the desktop, by
notify-send, and by the bell of the terminal; --notify=sink:NAME sends an event through a
sink of the configuration that --config names.

It exits with 0 if all tasks were closed, with 1 if some failed or were canceled, with 4
if there is no such task, with 124 when --timeout is over, and with 130 if it is
interrupted; the tasks go on.`,
		Example: `  kojiwatch watch --profile fedora 123456789
  kojiwatch watch https://koji.fedoraproject.org/koji/taskinfo?taskID=123456789
  kojiwatch watch --preset fedora --user alice
  kojiwatch watch --profile fedora 123456789 --notify`,
		Args: cobra.ArbitraryArgs,
		PreRunE: func(_ *cobra.Command, args []string) error {
			if filtered := choice.Mine || choice.User != "" || choice.Package != "" || choice.Tag != ""; filtered == (len(args) > 0) {
				return cli.UsageError{Err: errors.New("name tasks or builds, or give --mine, --user, --package or --tag")}
			}
			if choice.Mine && choice.User != "" {
				return cli.UsageError{Err: errors.New("--mine and --user do not go together")}
			}
			if i := slices.IndexFunc(args, notify.IsPlace); i >= 0 && notices != "" {
				return cli.UsageError{Err: fmt.Errorf("%s is no task; write --notify=%s", cliutil.Visible(args[i]), cliutil.Visible(args[i]))}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			choice.Words, q.Login = args, q.Login || choice.Mine
			return q.ask(cmd.Context(), streams, args, func(ctx context.Context, api kojirpc.API) error {
				opts := watch.Options{Out: streams.Out, Err: streams.Err, JSON: asJSON, Color: cliutil.WantsColor(streams.Out)}
				err := withNotices(streams, notices, q.config, api, func(ended func(context.Context, *koji.Task) error) error {
					opts.Ended = ended
					return watchTasks(ctx, streams, api, &source, &q, &choice, opts)
				})
				switch {
				case cmd.Context().Err() != nil:
					return fmt.Errorf("%w; the tasks go on: run the same command to watch them again", cli.ErrInterrupted)
				case errors.Is(err, context.DeadlineExceeded):
					return &wait.TimeoutError{What: []string{"the end of the tasks"}}
				}
				return err
			})
		},
	}
	f := cmd.Flags()
	q.waitFlags(f)
	source.flags(cmd)
	f.BoolVar(&asJSON, "json", false, "print JSON, an object per change")
	f.BoolVar(&choice.Mine, "mine", false, "your tasks; logs in")
	f.StringVar(&notices, "notify", "", "give notice of each task's end: auto, desktop, bell or sink:NAME of the configuration")
	f.Lookup("notify").NoOptDefVal = notify.Auto
	_ = cmd.RegisterFlagCompletionFunc("notify", cli.OneOf([]string{notify.Auto, notify.Desktop, notify.Bell})) // it fails for flags that there are not
	f.StringVarP(&choice.User, "user", "u", "", "tasks of this `user`")
	f.StringVar(&choice.Package, "package", "", "builds of this `package`")
	f.StringVar(&choice.Tag, "tag", "", "builds that go into this `tag`")
	return cmd
}

// withNotices calls do with a function that sends a notice when a task ends; nil if no place
// for notices is named.
func withNotices(streams cliutil.Streams, place, file string, api kojirpc.API, do func(func(context.Context, *koji.Task) error) error) (err error) {
	if place == "" {
		return do(nil)
	}
	if notes, ok := streams.Err.(*cliutil.Notes); ok {
		streams.Err = notes.To // --quiet does not silence the bell
	}
	o := notify.Options{Streams: streams, Web: webOf(api)}
	if file != "" {
		if o.Config, err = sinkbuild.LoadConfig(file); err != nil {
			return err
		}
	}
	n, err := notify.New(place, o)
	if err != nil {
		return cli.UsageError{Err: err}
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	return do(n.Ended)
}

// watchTasks watches tasks, with events of a broker if one is configured.
func watchTasks(ctx context.Context, streams cliutil.Streams, api kojirpc.API, source *brokerSource, q *question, choice *watch.Choice, opts watch.Options) error {
	broker, err := source.broker(q)
	if err != nil {
		return err
	}
	which, err := choice.Tasks(ctx, api)
	if errors.Is(err, koji.ErrNotFound) {
		return &wait.UnknownError{Err: err}
	}
	if err != nil {
		return err
	}
	opts.Causes = firstcause.New(api, webOf(api))
	if cliutil.IsTerminal(streams.Out) {
		opts.Size = func() (int, int) { return cliutil.TerminalSize(streams.Out) }
	}
	tasks := live.FollowTasks(api, which)
	if broker == nil {
		return watch.Run(ctx, tasks, opts)
	}
	opts.Interest = watch.NewInterest(which)
	return listening(ctx, streams, broker, "watch", opts.Interest.Matches, func(l *listen.Listener) error {
		opts.Events = l
		return watch.Run(ctx, tasks, opts)
	})
}
