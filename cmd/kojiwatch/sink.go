package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func sinkCommand(streams cliutil.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sink",
		Short: "Try a sink",
		Args:  cli.UnknownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(sinkTestCommand(streams))
	return cmd
}

func sinkTestCommand(streams cliutil.Streams) *cobra.Command {
	var file, eventType string
	cmd := &cobra.Command{
		Use:   "test NAME",
		Short: "Send a sample event through a sink now, and show the exchange",
		Long: `test really sends one sample event through a sink, but not through the broker. It shows
the request, with secrets masked, and the answer; for a sink that makes no requests, it
shows what the sink does. The id of the event begins with test-, and its summary says
that it is a test.

The exit code is 0 if the sink accepts the event, 1 if it does not accept it now, and 3
if it never will.`,
		Example: `  kojiwatch sink test chat --config kojiwatch.yaml
  kojiwatch sink test ci --config kojiwatch.yaml --type TaskStateChange`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file = cliutil.ConfigFile(file); file == "" {
				return cli.UsageError{Err: errors.New("name the configuration with --config; " + cliutil.NoConfig())}
			}
			c, err := sinkbuild.LoadConfig(file)
			if err != nil {
				return err
			}
			return sinkbuild.Test(cmd.Context(), streams, c, args[0], eventType)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "config", "c", "", "the configuration `file`")
	f.StringVar(&eventType, "type", sinkbuild.DefaultSample, "the `type` of the event")
	return cmd
}
