package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/explain"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func explainCommand(streams cliutil.Streams) *cobra.Command {
	var o explain.Options
	var file string
	cmd := &cobra.Command{
		Use:   "explain FILE|-",
		Short: "Show which sinks would get recorded events, and what keeps them from the others",
		Long: `explain reads a recording, as "kojiwatch record" writes them, or events, as the
daemon writes them, one per line, and shows which sinks of a configuration would get
each. For a sink that would not, it names the key that turns the event away; of an
expression, the part. With --show it adds what each sink would do. It connects to
nothing and sends nothing. In a recording, facts that only the hub knows are missing.`,
		Example: `  kojiwatch explain --config kojiwatch.yaml recording.jsonl
  kojiwatch explain --config kojiwatch.yaml --sink failures --show recording.jsonl
  kojiwatch explain --config kojiwatch.yaml /var/lib/kojiwatch/events.jsonl`,
		Args: withUsage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				return usageError{errors.New("name the configuration with --config")}
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
