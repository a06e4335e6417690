package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// ReplayOptions say what to replay and how.
type ReplayOptions struct {
	Files    []string // "-" is the standard input
	Config   string   // a configuration whose instance, hub and limits hold
	Format   Format
	Speed    float64
	WebURL   string
	Instance string
	Raw      bool
	Summary  bool // count what went by, on standard error
}

// ErrUnparseable is the error of a replay that went through but for deliveries
// that could not be parsed, each of which has been reported.
var ErrUnparseable = errors.New("some deliveries could not be parsed")

// Replay takes recorded deliveries through the daemon's handler: one event for
// each, in the order of the input.
func Replay(ctx context.Context, streams Streams, opts ReplayOptions) error {
	parseOpts, web, err := opts.settings()
	if err != nil {
		return err
	}
	p := &player{
		handler: newHandler(
			parse.New(parseOpts),
			enrich.New(web),
			stdout.New(streams.Out, formOf(opts.Format, streams.Out)),
		),
		speed:  opts.Speed,
		stderr: streams.Err,
	}
	for _, file := range opts.Files {
		if err := p.playFile(ctx, file, streams.In); err != nil {
			return err
		}
	}
	if opts.Summary {
		p.tally.print(streams.Err)
	}
	if p.tally.bad > 0 {
		return fmt.Errorf("%w: %d of %d", ErrUnparseable, p.tally.bad, p.tally.bad+p.tally.events)
	}
	return nil
}

// settings takes what a configuration file says, and over it the flags.
func (o *ReplayOptions) settings() (parse.Options, koji.Web, error) {
	opts := parse.Options{Instance: o.Instance, Raw: o.Raw}
	weburl := o.WebURL
	if o.Config != "" {
		c, err := LoadConfig(o.Config)
		if err != nil {
			return opts, koji.Web{}, err
		}
		opts.MaxBody, opts.MaxDepth = int(c.Limits.Body), c.Limits.Depth
		opts.Instance = cmp.Or(opts.Instance, c.Instance)
		weburl = cmp.Or(weburl, c.Hub.WebURL)
	}
	web, err := newWeb(weburl)
	return opts, web, err
}

func (p *player) playFile(ctx context.Context, file string, stdin io.Reader) error {
	p.eager = file == "-"
	if p.eager {
		return p.play(ctx, "stdin", stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	defer func() { _ = f.Close() }()
	return p.play(ctx, file, f)
}
