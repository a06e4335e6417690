package ask

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/show"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

func showCommand(streams cliutil.Streams) *cobra.Command {
	var q question
	var raw bool
	cmd := &cobra.Command{
		Use:   "show TASK|BUILD|NVR|URL|PACKAGE|TAG|HOST|@USER",
		Short: "Show what the hub knows of a task, build, package, tag, host or user",
		Long: `show finds out what a word names and prints what the hub knows of it: of tasks and
builds with the tree of their tasks, when they will be done, and why they failed: the
host, the log and the line of it that tells the cause; of users and hosts with the tasks
that have not ended.

A number is the id of a task or, if there is no such task, of a build. A name is that
of a build (NVR), a package, a tag or a host, in this order. A word before a colon says
which is meant: task:42, build:42, package:bash, tag:f44, target:f44, user:alice,
host:builder1, channel:default, rpm:42, repo:42.

A URL is a page of kojiweb, or one of the files beside it. If no flag names the hub, it
is that of the profile or preset whose kojiweb it is.`,
		Example: `  kojiwatch show --profile fedora bash-5.2-1.fc44
  kojiwatch show https://koji.fedoraproject.org/koji/taskinfo?taskID=123456789
  kojiwatch show --profile fedora @alice
  kojiwatch show --profile fedora 123456789 --json | jq .eta.estimate`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return q.ask(cmd.Context(), streams, args, func(ctx context.Context, api kojirpc.API) error {
				return showThing(ctx, streams, api, &q, args[0], raw)
			})
		},
	}
	q.flags(cmd.Flags())
	cmd.Flags().BoolVar(&raw, "raw", false, "print the hub's own record, as JSON")
	return cmd
}

func showThing(ctx context.Context, streams cliutil.Streams, api kojirpc.API, q *question, word string, raw bool) error {
	thing, err := api.Find(ctx, word)
	if err != nil {
		return err
	}
	if raw {
		record, err := show.Raw(ctx, api, thing)
		if err != nil {
			return err
		}
		return printResult(streams.Out, record, q.json)
	}
	reader := show.Reader{API: api, Web: webOf(api)}
	sheet, err := reader.Read(ctx, thing)
	if err != nil {
		return err
	}
	p := show.Printer{
		Out: streams.Out, JSON: q.json, Width: cliutil.TerminalWidth(streams.Out), Color: cliutil.WantsColor(streams.Out), Now: time.Now(),
	}
	return p.Print(sheet)
}
