package main

import (
	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

func checkCommand(streams cliutil.Streams) *cobra.Command {
	var source configSource
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Read a configuration and show what it would declare on the broker",
		Long: `check reads a configuration, reports every mistake in it at once with line and
column, and shows what each sink would declare and bind. It connects to nothing.`,
		Example: `  kojiwatch check kojiwatch.yaml`,
		Args:    withUsage(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && source.file == "" {
				source.file = args[0]
			}
			c, err := source.load(streams, cmd.Flags())
			if err != nil {
				return err
			}
			return Check(streams, c)
		},
	}
	source.add(cmd)
	return cmd
}
