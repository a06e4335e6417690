package ask

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/listen"
	"github.com/kojiwatch/kojiwatch/internal/wait"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

func waitCommand(streams cliutil.Streams) *cobra.Command {
	var q question
	var opts wait.Options
	var source brokerSource
	cmd := &cobra.Command{
		Use:   "wait TASK|BUILD|NVR|URL...",
		Short: "Wait until tasks and builds have ended, for scripts",
		Long: `wait waits until all of some tasks and builds have ended, and, if wanted, until the builds
are in a tag or in the repository of one. It prints nothing but errors.

It exits with 0 when all has come about, with 1 if something failed or was canceled,
with 4 if the hub knows no such task or build, and with 124 when --timeout is over.

With a broker (--broker, a --preset that has one, or --config) it goes by the messages,
and asks the hub when one says that something has come about. Without one, or while the
broker is away, it asks after 5 seconds at first, then less and less often, down to once
a minute. One request tells the state of any number of tasks and builds. A hub that
cannot be reached is tried again, until --timeout is over.`,
		Example: `  kojiwatch wait --profile fedora 123456789 && echo done
  kojiwatch wait --preset fedora 123456789
  kojiwatch wait --profile fedora bash-5.2-1.fc44 --in-repo f44-build --timeout 2h`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Words = args
			opts.Unreachable = func(err error) {
				_, _ = fmt.Fprintf(streams.Err, "kojiwatch: %s; trying again\n", cliutil.Visible(err.Error()))
			}
			return q.ask(cmd.Context(), streams, args, func(ctx context.Context, api kojirpc.API) error {
				err := waitOnBus(ctx, streams, api, &source, &q, opts)
				if errors.Is(err, context.Canceled) {
					return fmt.Errorf("%w before all of %s had come about", cli.ErrInterrupted, cliutil.Visible(strings.Join(args, ", ")))
				}
				return err
			})
		},
	}
	f := cmd.Flags()
	q.waitFlags(f)
	source.flags(cmd)
	f.StringVar(&opts.Tagged, "tagged", "", "until the builds are in this `tag`, too")
	f.StringVar(&opts.InRepo, "in-repo", "", "until the repository of this `tag` has the builds, too")
	return cmd
}

// brokerPatience is how long to wait for a broker before the hub is polled instead.
const brokerPatience = 10 * time.Second

// waitOnBus waits for events of the broker, if one is configured.
func waitOnBus(ctx context.Context, streams cliutil.Streams, api kojirpc.API, source *brokerSource, q *question, opts wait.Options) error {
	c, err := source.broker(q)
	if err != nil {
		return err
	}
	if c == nil {
		return wait.Run(ctx, api, opts)
	}
	opts.Interest = &wait.Interest{}
	return listening(ctx, streams, c, "wait", opts.Interest.Matches, func(l *listen.Listener) error {
		l.Ready(ctx, brokerPatience)
		opts.Events = l
		return wait.Run(ctx, api, opts)
	})
}
