package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func deadCommand(streams cliutil.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dead",
		Short: "Look at dead letters, send them back or drop them",
		Long: `A message that can never reach its sink goes to the sink's dead-letter queue, or
file, with the reason. Look at what is there, put right what was wrong, and send
the letters back to their sink, and to no other:

  kojiwatch dead list --config kojiwatch.yaml --sink archive
  kojiwatch dead retry --config kojiwatch.yaml --sink archive --reason exit-1

Looking leaves the letters where they are. One that is sent back goes into the
queue of its sink and is confirmed by the broker before it leaves the dead letters:
what breaks in between makes it come twice, with the same id, and never loses it.
Letters in a file go straight through the sink where the broker lets nobody
publish.`,
		Args: unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		deadAction(streams, DeadList, "list", "List dead letters, a line each", "list shows when each letter died, why, how often it was tried, its routing key, the\nid of its event and the error. --json makes it a JSON object a line."),
		deadAction(streams, DeadShow, "show", "Print dead letters as a recording", "show prints each letter complete, as a line that \"kojiwatch replay\" reads."),
		deadAction(streams, DeadRetry, "retry", "Send dead letters back to their sink", "retry takes --all, or the letters that --reason and --id choose."),
		deadAction(streams, DeadDrop, "drop", "Drop dead letters for good", "drop takes --all, or the letters that --reason and --id choose. There is no way back:\nkeep what \"kojiwatch dead show\" prints if in doubt."),
	)
	return cmd
}

func deadAction(streams cliutil.Streams, action DeadAction, use, short, long string) *cobra.Command {
	o := DeadOptions{Action: action}
	var file string
	var all bool
	changes := action == DeadRetry || action == DeadDrop
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long,
		Example: "  kojiwatch dead " + use + " --config kojiwatch.yaml --sink archive --reason unparseable",
		Args:    withUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case file == "" || o.Sink == "":
				return usageError{errors.New("say which letters, by --config and --sink")}
			case changes && !all && o.Reason == "" && o.ID == "":
				return usageError{errors.New("say which letters, by --reason or --id, or --all")}
			}
			c, err := sinkbuild.LoadConfig(file)
			if err != nil {
				return err
			}
			return Dead(cmd.Context(), streams, c, o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "config", "c", "", "the configuration `file`")
	f.StringVar(&o.Sink, "sink", "", "the `name` of the sink")
	f.StringVar(&o.Reason, "reason", "", "only letters with this `reason`")
	f.StringVar(&o.ID, "id", "", "only the letters of the event with this `id`")
	f.IntVar(&o.Limit, "limit", 10_000, "look at no more than this many `letters`")
	if changes {
		f.BoolVar(&all, "all", false, "every letter")
	}
	if action == DeadList {
		f.BoolVar(&o.JSON, "json", false, "a JSON object for each letter")
	}
	return cmd
}
