package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/explain"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func explainCommand(streams cliutil.Streams) *cobra.Command {
	var o explain.Options
	var file string
	cmd := &cobra.Command{
		Use:   "explain FILE|-",
		Short: "Show which sinks would get recorded events, and why others would not",
		Long: `explain reads a recording from "kojiwatch record", or events that the daemon wrote, one
per line, and shows which sinks of a configuration would get each. If a sink would not,
it names the key that filters the event out and, for an expression, the part of it.
--show adds what each sink would do. explain connects to nothing and sends nothing. In
a recording, facts that only the hub knows are missing.`,
		Example: `  kojiwatch explain --config kojiwatch.yaml recording.jsonl
  kojiwatch explain --config kojiwatch.yaml --sink failures --show recording.jsonl
  kojiwatch explain --config kojiwatch.yaml /var/lib/kojiwatch/events.jsonl`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file = cliutil.ConfigFile(file); file == "" {
				return cli.UsageError{Err: errors.New("name the configuration with --config; " + cliutil.NoConfig())}
			}
			c, err := sinkbuild.LoadConfig(file)
			if err != nil {
				return err
			}
			o.File = args[0]
			return explain.Run(cmd.Context(), streams, c, o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "config", "c", "", "the configuration `file`")
	f.StringVar(&o.Sink, "sink", "", "explain only the sink of this `name`")
	f.BoolVar(&o.Show, "show", false, "show what each sink would do with the event")
	return cmd
}
