package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

func historyCommand(streams cliutil.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Look after what was learnt of durations",
		Long: `The daemon learns from what ends how long things take, and keeps that in history.db
in its state folder. What ended before it was there the hub remembers.`,
		Args: unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(backfillCommand(streams))
	return cmd
}

func backfillCommand(streams cliutil.Streams) *cobra.Command {
	var opts BackfillOptions
	var since string
	cmd := &cobra.Command{
		Use:   "backfill",
		Short: "Learn from tasks and builds that the hub remembers",
		Long: `backfill reads from the hub what has ended well since a while ago, up to when the
daemon began to learn by itself, and teaches the history with it. It asks for a
thousand tasks at a time and makes pauses as long as the hub took to answer.

What was read is written down every few hours of the past. After an interruption,
run it again: it goes on from there. The daemon must not run meanwhile; its
messages wait for it.`,
		Example: `  kojiwatch history backfill --since 90d --config kojiwatch.yaml
  kojiwatch history backfill --since 30d --profile fedora --history /var/lib/kojiwatch`,
		Args: withUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if opts.Since, err = config.ParseDuration(since); err != nil {
				return usageError{errors.New("--since: " + err.Error())}
			}
			if opts.Since <= 0 || opts.Since > maxSince {
				return usageError{errors.New("--since must be more than nothing and at most 3650d")}
			}
			return Backfill(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	f.StringVar(&since, "since", "90d", "how `long` ago to begin")
	f.StringVarP(&opts.Config, "config", "c", "", "the daemon's configuration `file`, for its hub and state folder")
	f.StringVarP(&opts.Hub.Profile, "profile", "p", "", "the `profile` of Koji's client configuration, in place of the configuration's hub")
	f.StringVar(&opts.Hub.Server, "hub", "", "the `URL` of a hub, in place of a profile")
	f.StringVar(&opts.Hub.KojiConfig, "koji-config", "", "a `file` or folder to look for the profile in, in place of ~/.koji/config")
	f.StringVar(&opts.Dir, "history", "", "the state `folder` (default the configuration's)")
	return cmd
}

// maxSince is older than Koji's oldest hub.
const maxSince = 3650 * 24 * time.Hour
