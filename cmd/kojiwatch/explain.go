package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func explainCommand(streams cliutil.Streams) *cobra.Command {
	var o ExplainOptions
	var file string
	cmd := &cobra.Command{
		Use:   "explain FILE|-",
		Short: "Say which sinks would get recorded events, and what keeps them from others",
		Long: `explain reads a recording, as "kojiwatch record" writes them, or events, as the
daemon writes them, a line each. It says for each which sinks of a configuration
would get it. Where one would not, it names the key that says no; of an expression,
the part. With --show it adds what each sink would do. It connects to nothing and
sends nothing; of a recording, what only the hub knows is unknown to it.`,
		Example: `  kojiwatch explain --config kojiwatch.yaml recording.jsonl
  kojiwatch explain --config kojiwatch.yaml --sink failures --show recording.jsonl
  kojiwatch explain --config kojiwatch.yaml /var/lib/kojiwatch/events.jsonl`,
		Args: withUsage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				return usageError{errors.New("say which configuration, by --config")}
			}
			c, err := sinkbuild.LoadConfig(file)
			if err != nil {
				return err
			}
			o.File = args[0]
			return Explain(cmd.Context(), streams, c, o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "config", "c", "", "the configuration `file`")
	f.StringVar(&o.Sink, "sink", "", "only the sink of this `name`")
	f.BoolVar(&o.Show, "show", false, "what each sink would do with the event")
	return cmd
}
