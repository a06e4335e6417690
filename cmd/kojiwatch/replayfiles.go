package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// ReplayOptions say what to replay and how.
type ReplayOptions struct {
	Files    []string // "-" is the standard input
	Config   string   // a configuration whose instance, hub, cache and limits hold
	Hub      config.HubFlags
	History  string // the state folder that durations are learnt in and told from; "": none
	Format   cliutil.Format
	Speed    float64
	Instance string
	Raw      bool
	Summary  bool // count what went by, on standard error
}

// ErrUnparseable is the error of a replay that went through but for deliveries
// that could not be parsed, each of which has been reported.
var ErrUnparseable = errors.New("some deliveries could not be parsed")

// Replay takes recorded deliveries through the daemon's handler: one event for
// each, in the order of the input.
func Replay(ctx context.Context, streams cliutil.Streams, opts ReplayOptions) (err error) {
	c, err := opts.settings()
	if err != nil {
		return err
	}
	var durations *estimation.Service
	if opts.History != "" {
		if durations, err = estimation.OpenForReplay(opts.History, c); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, durations.End()) }()
	}
	hub, err := hub.OpenForCommand(ctx, streams, c, durations.ForEvents())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hub.Close(ctx)) }()
	p := &pipeline.Player{
		Handler: pipeline.New(
			parse.New(parse.Options{
				Instance: c.Instance, Raw: opts.Raw, MaxBody: int(c.Limits.Body), MaxDepth: c.Limits.Depth,
			}),
			hub.Enricher,
			stdout.New(streams.Out, sinkbuild.FormOf(opts.Format, streams.Out)),
		),
		Speed:  opts.Speed,
		Stderr: streams.Err,
	}
	for _, file := range opts.Files {
		if err := p.PlayFile(ctx, file, streams.In); err != nil {
			return err
		}
	}
	if opts.Summary {
		p.Counts.Print(streams.Err)
	}
	if p.Counts.Bad > 0 {
		return fmt.Errorf("%w: %d of %d", ErrUnparseable, p.Counts.Bad, p.Counts.Bad+p.Counts.Events)
	}
	return nil
}

// settings takes what a configuration file says, and over it the flags.
func (o *ReplayOptions) settings() (*config.Config, error) {
	c, err := hubConfig(o.Config, o.Hub)
	if err != nil {
		return nil, err
	}
	c.Instance = cmp.Or(o.Instance, c.Instance)
	return c, nil
}
