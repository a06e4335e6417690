package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

func replayCommand(streams cliutil.Streams) *cobra.Command {
	var opts ReplayOptions
	var stream streamReplay
	cmd := &cobra.Command{
		Use:   "replay [FILE...]",
		Short: "Process recorded deliveries as the daemon would",
		Long: `replay reads recordings, which "kojiwatch record" writes, and prints exactly one event
per delivery, in the order of the input. Without a file, or with "-", it reads standard
input. If a delivery cannot be parsed, replay reports file and line on standard error,
continues with the next one, and exits with 1 in the end.

Times come from the recording ("received_at") or else from the message itself, so that
the same input gives the same output, byte for byte. A hub, named by --profile, --hub
or the configuration, supplies facts that messages lack.

--history names a state folder, created if it is missing: replay learns durations from
the recording and adds estimates to the events, based on earlier ones. The same folder
and input give the same output.

--sink sends what a stream of the broker holds to a sink of the configuration, from a
time or an offset on to another, or to the end of the stream as it is at the start. The
events have the same ids as those that the daemon sends, which may run meanwhile.`,
		Example: `  kojiwatch replay recording.jsonl
  zcat old.jsonl.gz | kojiwatch replay --format json --weburl https://koji.example.com/koji
  kojiwatch replay -c kojiwatch.yaml --stream koji --sink archive --from 2026-11-29T00:00`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if wanted, err := stream.wanted(args, cmd.Flags().Changed); err != nil {
				return err
			} else if wanted {
				stream.file = opts.Config
				return stream.run(cmd.Context(), streams)
			}
			if opts.Files = args; len(args) == 0 {
				if cliutil.IsTerminal(streams.In) {
					return cli.UsageError{Err: errors.New("name a recording, or redirect one into standard input")}
				}
				opts.Files = []string{"-"}
			}
			return Replay(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	cli.FormatFlag(f, &opts.Format)
	f.Float64Var(&opts.Speed, "speed", 0, "how many times as fast as recorded; 0 is as fast as possible")
	f.StringVarP(&opts.Config, "config", "c", "", "a configuration `file`, for its instance, hub, cache and limits, or with --sink for all of it")
	stream.addFlags(f)
	cli.EventHubFlags(f, &opts.Hub)
	cli.PresetFlag(f, &opts.Hub.Preset)
	f.StringVar(&opts.Instance, "instance", "", "the `name` of the Koji instance in events")
	f.StringVar(&opts.History, "history", "", "a state `folder` for the history of durations")
	f.BoolVar(&opts.Raw, "raw", false, "include each message's body in its event")
	f.BoolVar(&opts.Summary, "summary", false, "print a summary on standard error")
	return cmd
}

// ReplayOptions select the recordings to replay, and how.
type ReplayOptions struct {
	Files    []string // "-" is the standard input
	Config   string   // a configuration whose instance, hub, cache and limits hold
	Hub      config.HubFlags
	History  string // the state folder that durations are learnt in and told from; "": none
	Format   cliutil.Format
	Speed    float64
	Instance string
	Raw      bool
	Summary  bool // print a summary on standard error
}

// Replay passes recorded deliveries through the daemon's handler: one event for each, in the
// order of the input.
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
		return fmt.Errorf("%w: %d of %d", pipeline.ErrUnparseable, p.Counts.Bad, p.Counts.Bad+p.Counts.Events)
	}
	return nil
}

// settings returns the configuration of the file, overridden by the flags.
func (o *ReplayOptions) settings() (*config.Config, error) {
	c, err := cli.HubConfig(o.Config, o.Hub)
	if err != nil {
		return nil, err
	}
	c.Instance = cmp.Or(o.Instance, c.Instance)
	return c, nil
}
