package main

import (
	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/demo"
)

func demoCommand(streams cliutil.Streams) *cobra.Command {
	var opts demo.Options
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show an hour of a build system in half a minute; needs no broker",
		Long: `demo plays the messages of an hour of a made-up build system through the same
parser, enrichment, estimator, filter and sink as the daemon: a package build on
four arches, a scratch build, a failure, new repositories and a small rebuild. It
needs no broker, no hub and no configuration. Estimates go by the builds of the
eight days before, which are bundled, too.

With --board the story is on the live board, too, at http://127.0.0.1:9673/ or the
address that is given, until Ctrl-C.`,
		Example: `  kojiwatch demo
  kojiwatch demo --board --speed 30
  kojiwatch demo --speed 0 --format json | head -1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo.Play(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&opts.Speed, "speed", 120, "how many times as fast as it happened; 0 is as fast as possible")
	f.StringVar(&opts.Board, "board", "", "serve the live board, at this address")
	f.Lookup("board").NoOptDefVal = "127.0.0.1:9673"
	cli.FormatFlag(f, &opts.Format)
	return cmd
}
