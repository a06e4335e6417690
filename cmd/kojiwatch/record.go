package main

import (
	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

func recordCommand(streams cliutil.Streams) *cobra.Command {
	var source configSource
	var opts RecordOptions
	cmd := &cobra.Command{
		Use:   "record",
		Short: "Write deliveries from a broker into a recording",
		Long: `record writes what a broker delivers as JSON lines, one delivery each, which
"kojiwatch replay" reads. Its queue goes away with it. A message is acknowledged
when its line is written and, in a file, on the disk. The format is described in
docs/commands.md.`,
		Example: `  kojiwatch record --broker amqp://guest:guest@localhost/ --output recording.jsonl
  kojiwatch record --broker amqp://guest:guest@localhost/ --count 100 > recording.jsonl`,
		Args: withUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := source.load(streams, cmd.Flags())
			if err != nil {
				return err
			}
			return Record(cmd.Context(), streams, c, opts)
		},
	}
	f := cmd.Flags()
	source.addBroker(f)
	f.StringVarP(&opts.Output, "output", "o", "-", "the `file` to append to; - is standard output")
	f.IntVar(&opts.Count, "count", 0, "end after this many `deliveries`; 0 is never")
	return cmd
}
