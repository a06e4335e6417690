package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/reconcile"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// reconcileOptions say what is to be repaired.
type reconcileOptions struct {
	file, sink string
	since      time.Duration
	dryRun     bool
}

func reconcileCommand(streams cliutil.Streams) *cobra.Command {
	var o reconcileOptions
	var since string
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Send sinks what messages did not tell",
		Long: `reconcile asks the hub what happened, and puts what a sink was not told into its
queue. The daemon does so by itself if the configuration has reconcile; this command
goes back as far as you want, also to before kojiwatch was set up. It may be used while
the daemon runs, which sends nothing twice.

It prints a line for each fact that was missed. With --dry-run it does no more.`,
		Example: `  kojiwatch reconcile --config kojiwatch.yaml --since 2h --dry-run
  kojiwatch reconcile --config kojiwatch.yaml --since 7d --sink archive`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.since, err = values.ParseDuration(since); err != nil {
				return cli.UsageError{Err: errors.New("--since: " + err.Error())}
			}
			if o.file = cliutil.ConfigFile(o.file); o.file == "" {
				return cli.UsageError{Err: errors.New("name the configuration with --config; " + cliutil.NoConfig())}
			}
			c, err := sinkbuild.LoadConfig(o.file)
			if err != nil {
				return err
			}
			return runReconcile(cmd.Context(), streams, c, &o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.file, "config", "c", "", "the configuration `file`")
	f.StringVar(&since, "since", "", "how `far` back to begin, such as 2h or 7d")
	f.StringVar(&o.sink, "sink", "", "repair only the sink with this `name`")
	f.BoolVarP(&o.dryRun, "dry-run", "n", false, "only print what was missed")
	return cmd
}

func runReconcile(ctx context.Context, streams cliutil.Streams, c *config.Config, o *reconcileOptions) (err error) {
	if !c.Reconcile.Enabled() {
		return c.Problem("reconcile", "is off, so it is not known what sinks were told; set on_start or every, and let the daemon run")
	}
	chosen := c.Sinks
	if o.sink != "" {
		s, err := sinkbuild.SinkNamed(c, o.sink)
		if err != nil {
			return err
		}
		chosen = []config.Sink{*s}
	}
	link, err := hub.OpenForCommand(ctx, streams, c, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, link.Close(ctx)) }()
	for i := range chosen {
		if err := reconcileSink(ctx, streams, c, &chosen[i], link, o); err != nil {
			return fmt.Errorf("sink %s: %w", chosen[i].Name, err)
		}
	}
	return nil
}

// reconcileSink repairs what one sink was not told. What waits in its queue counts as
// not told here; the daemon sends it once.
func reconcileSink(ctx context.Context, streams cliutil.Streams, c *config.Config, s *config.Sink, link *hub.Hub, o *reconcileOptions) error {
	if s.Queue.Name == "" && !o.dryRun {
		return errors.New("its queue is named by the broker, and only the daemon knows how")
	}
	if len(s.Topics) == 0 {
		_, _ = fmt.Fprintf(streams.Err, "kojiwatch: sink %s: skipped, because kojiwatch does not bind its queue and does not know which facts belong into it\n", s.Name)
		return nil
	}
	memory, err := facts.Read(c.StateDir, s.Name, c.Reconcile.MaxAge)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("it is not known what it was told: %s has no memory of it; let the daemon run first", c.StateDir)
	}
	if err != nil {
		return err
	}
	r := reconcile.Repair{
		API: link.API, Memory: memory, Pause: c.Reconcile.Pause,
		Route: reconcile.Route{Queue: s.Queue.Name, Exchange: s.Exchange, Topics: s.Topics},
		Missed: func(f *reconcile.Fact) {
			_, _ = fmt.Fprintf(streams.Out, "%s %s %s %s\n", f.At.UTC().Format(time.RFC3339), s.Name, message.PlainText(f.Subject, 300), f.Kind)
		},
	}
	if !o.dryRun {
		publisher := publish.New(sinkbuild.PublisherOptions(c, s.Name+" repair", zerolog.Nop()))
		defer publisher.Close()
		r.Publisher = publisher
	}
	now := time.Now()
	result, err := r.Run(ctx, now.Add(-o.since), now.Add(-c.Reconcile.Delay))
	sent := result.Sent
	if o.dryRun {
		sent = 0
	}
	_, _ = fmt.Fprintf(streams.Err, "kojiwatch: sink %s: %d facts found, %d missed, %d sent\n", s.Name, result.Found, result.Sent, sent)
	return err
}
