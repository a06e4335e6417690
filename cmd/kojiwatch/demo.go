package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

func demoCommand(streams cliutil.Streams) *cobra.Command {
	var opts DemoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show recorded activity of a real build system; needs no broker",
		Long: `demo plays a recording of a real Koji hub, bundled with kojiwatch, through the
same parser, enrichment and sink as the daemon, and ends with a summary. It needs
no broker, no hub and no configuration.`,
		Example: `  kojiwatch demo
  kojiwatch demo --speed 0 --format json | head -1`,
		Args: withUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return Demo(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&opts.Speed, "speed", 10, "how many times as fast as it was recorded; 0 is as fast as it goes")
	formatFlag(f, &opts.Format)
	return cmd
}

// demoRecording holds real deliveries of a Koji hub in a laboratory.
//
//go:embed demo.jsonl
var demoRecording string

// demoWeb is the address of that hub's kojiweb, for links.
const demoWeb = "https://koji.lab.test/koji"

// DemoOptions say how to show the demo.
type DemoOptions struct {
	Speed  float64 // times as fast as recorded; 0: as fast as it goes
	Format cliutil.Format
}

// Demo plays the bundled recording through the daemon's handler and ends with
// a summary on standard error.
func Demo(ctx context.Context, streams cliutil.Streams, opts DemoOptions) error {
	if opts.Speed < 0 {
		return errors.New("--speed must not be negative")
	}
	web, err := hub.NewWeb(demoWeb)
	if err != nil {
		return err
	}
	began := time.Now()
	p := &pipeline.Player{
		Handler: pipeline.New(
			parse.New(parse.Options{Instance: "demo"}),
			enrich.New(enrich.Options{Web: web}),
			stdout.New(streams.Out, sinkbuild.FormOf(opts.Format, streams.Out)),
		),
		Speed:  opts.Speed,
		Stderr: streams.Err,
	}
	err = p.Play(ctx, "demo", strings.NewReader(demoRecording))
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	_, _ = fmt.Fprintf(streams.Err, "\nThe end, after %s. ", time.Since(began).Round(time.Millisecond))
	p.Counts.Print(streams.Err)
	return nil
}
