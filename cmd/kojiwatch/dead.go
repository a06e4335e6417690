package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/deadletters"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func deadCommand(streams cliutil.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dead",
		Short: "List and show dead letters, send them back or delete them",
		Long: `A message that can never reach its sink goes to the sink's dead-letter queue, or
file, with the reason. Look at the dead letters, fix the cause, and send them back to
their sink; no other sink gets them:

  kojiwatch dead list --config kojiwatch.yaml --sink archive
  kojiwatch dead retry --config kojiwatch.yaml --sink archive --reason exit-1

list and show change nothing. retry publishes a message to the queue of its sink and
removes it from the dead letters once the broker has confirmed it: a failure in between
can deliver it twice, with the same id, but never loses it. If the broker allows no
publishing, dead letters in a file go straight through the sink.`,
		Args: cli.UnknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		deadAction(streams, deadletters.List, "list", "List dead letters, one per line", "list shows when and why each message became a dead letter, how often it was tried, what\nit is about, the id of its event and the error. --json prints a JSON object per line."),
		deadAction(streams, deadletters.Show, "show", "Print dead letters as a recording", "show prints each dead letter complete, as a line that \"kojiwatch replay\" reads."),
		deadAction(streams, deadletters.Retry, "retry", "Send dead letters back to their sink", "retry sends back all dead letters with --all, else those that --reason and --id choose."),
		deadAction(streams, deadletters.Drop, "drop", "Delete dead letters for good", "drop deletes all dead letters with --all, else those that --reason and --id choose. This\ncannot be undone: if in doubt, keep the output of \"kojiwatch dead show\"."),
	)
	return cmd
}

func deadAction(streams cliutil.Streams, action deadletters.Action, use, short, long string) *cobra.Command {
	o := deadletters.Options{Action: action}
	var file string
	var all bool
	changes := action == deadletters.Retry || action == deadletters.Drop
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long,
		Example: "  kojiwatch dead " + use + " --config kojiwatch.yaml --sink archive --reason unparseable",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch file = cliutil.ConfigFile(file); {
			case o.Sink == "":
				return cli.UsageError{Err: errors.New("name the sink with --sink")}
			case file == "":
				return cli.UsageError{Err: errors.New("name the configuration with --config; " + cliutil.NoConfig())}
			case changes && !all && o.Reason == "" && o.ID == "":
				return cli.UsageError{Err: errors.New("choose dead letters with --reason or --id, or give --all")}
			}
			c, err := sinkbuild.LoadConfig(file)
			if err != nil {
				return err
			}
			return deadletters.Run(cmd.Context(), streams, c, o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "config", "c", "", "the configuration `file`")
	f.StringVar(&o.Sink, "sink", "", "the `name` of the sink")
	f.StringVar(&o.Reason, "reason", "", "choose only dead letters with this `reason`")
	f.StringVar(&o.ID, "id", "", "choose only the dead letters of the event with this `id`")
	f.IntVar(&o.Limit, "limit", 10_000, "read at most this many dead `letters`")
	if changes {
		f.BoolVar(&all, "all", false, "choose all dead letters")
	}
	if action == deadletters.List {
		f.BoolVar(&o.JSON, "json", false, "print a JSON object for each dead letter")
	}
	return cmd
}
