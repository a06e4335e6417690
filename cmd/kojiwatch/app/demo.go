package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	_ "embed"

	"github.com/kojiwatch/kojiwatch/enrich"
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
	Format Format
}

// Demo plays the bundled recording through the daemon's handler and ends with
// a summary on standard error.
func Demo(ctx context.Context, streams Streams, opts DemoOptions) error {
	if opts.Speed < 0 {
		return errors.New("--speed must not be negative")
	}
	web, err := newWeb(demoWeb)
	if err != nil {
		return err
	}
	began := time.Now()
	p := &player{
		handler: newHandler(
			parse.New(parse.Options{Instance: "demo"}),
			enrich.New(enrich.Options{Web: web}),
			stdout.New(streams.Out, formOf(opts.Format, streams.Out)),
		),
		speed:  opts.Speed,
		stderr: streams.Err,
	}
	err = p.play(ctx, "demo", strings.NewReader(demoRecording))
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	_, _ = fmt.Fprintf(streams.Err, "\nThe end, after %s. ", time.Since(began).Round(time.Millisecond))
	p.tally.print(streams.Err)
	return nil
}
