package main

import (
	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
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
