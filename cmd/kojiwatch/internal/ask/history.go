package ask

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/hub"
)

func historyCommand(streams cliutil.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Manage the history of durations",
		Long: `The daemon learns from finished tasks and builds how long they take, and keeps that in
history.db in its state folder. The hub remembers those that ended before.`,
		Args: cli.UnknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(backfillCommand(streams))
	return cmd
}

func backfillCommand(streams cliutil.Streams) *cobra.Command {
	var opts backfillOptions
	var since string
	cmd := &cobra.Command{
		Use:   "backfill",
		Short: "Learn from tasks and builds that the hub remembers",
		Long: `backfill reads successful tasks and builds of the past from the hub, up to the moment
when the daemon began to learn by itself, and adds them to the history. It asks for a
thousand tasks at a time, and after each answer it pauses for as long as the hub took.

Progress is saved every few hours of the past. After an interruption, run it again: it
continues from there. The daemon must not run meanwhile; its messages wait.`,
		Example: `  kojiwatch history backfill --since 90d --config kojiwatch.yaml
  kojiwatch history backfill --since 30d --profile fedora --history /var/lib/kojiwatch`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if opts.Since, err = values.ParseDuration(since); err != nil {
				return cli.UsageError{Err: errors.New("--since: " + err.Error())}
			}
			if opts.Since <= 0 || opts.Since > maxSince {
				return cli.UsageError{Err: errors.New("--since must be more than nothing and at most 3650d")}
			}
			return backfillHistory(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	f.StringVar(&since, "since", "90d", "how `far` back to begin")
	f.StringVarP(&opts.Config, "config", "c", "", "the daemon's configuration `file`, for its hub and state folder")
	cli.PresetFlag(f, &opts.Hub.Preset)
	cli.NamedHubFlags(f, &opts.Hub, "the `profile` of Koji's client configuration, instead of the configuration's hub")
	f.StringVar(&opts.Dir, "history", "", "the state `folder` (default the configuration's)")
	return cmd
}

// maxSince is older than Koji's oldest hub.
const maxSince = 3650 * 24 * time.Hour

// backfillOptions select what to learn from a hub's past.
type backfillOptions struct {
	Config string // the daemon's configuration, for hub and state folder
	Hub    config.HubFlags
	Dir    string        // a state folder, in place of the configuration's
	Since  time.Duration // how far back

	Now func() time.Time // nil: time.Now
}

// backfillHistory adds the hub's ended tasks and builds to the history. It saves its progress,
// and continues there after an interruption.
func backfillHistory(ctx context.Context, streams cliutil.Streams, opts backfillOptions) (err error) {
	c, err := cli.HubConfig(opts.Config, opts.Hub)
	if err != nil {
		return err
	}
	if !c.Hub.Configured() {
		return c.Problem("hub", "names no hub; set hub.profile or hub.server, or give --profile or --hub")
	}
	path := filepath.Join(cmp.Or(opts.Dir, c.StateDir), estimation.HistoryFile)
	store, learnt, err := history.Open(path, c.Estimates.Size)
	if errors.Is(err, history.ErrInUse) {
		return fmt.Errorf("%w; stop the daemon meanwhile, its messages wait for it", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	hub, err := hub.OpenForCommand(ctx, streams, c, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hub.Close(ctx)) }()
	b := &estimation.Backfill{
		API: hub.API, Store: store, Estimator: estimates.New(estimates.Options{History: learnt}),
	}
	if cliutil.IsTerminal(streams.Err) {
		b.Progress = streams.Err
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	err = b.Run(ctx, opts.Now(), opts.Since)
	_, printErr := fmt.Fprintf(streams.Out, "%d tasks and %d builds read\n", b.Tasks, b.Builds)
	return errors.Join(err, printErr)
}
