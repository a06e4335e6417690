package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	_ "embed"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// demoRecording holds real deliveries of a Koji hub in a laboratory.
//
//go:embed demo.jsonl
var demoRecording string

// demoWeb is kojiweb of that hub, for the links to look as they would.
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
