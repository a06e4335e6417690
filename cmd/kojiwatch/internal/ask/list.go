package ask

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

func lastCommand(streams cliutil.Streams) *cobra.Command {
	var q question
	var tag string
	var limit int
	cmd := &cobra.Command{
		Use:   "last PACKAGE",
		Short: "List the last builds of a package",
		Long: `last lists the last builds of a package, whatever their state, the newest first; with
--tag, the latest of the builds in the tag and in those that it inherits from.`,
		Example: `  kojiwatch last --profile fedora bash
  kojiwatch last --profile fedora bash --tag f44 --json | jq -r .nvr`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return q.ask(cmd.Context(), streams, nil, func(ctx context.Context, api kojirpc.API) error {
				builds, err := listing.Last(ctx, api, args[0], tag, limit)
				if err != nil {
					return err
				}
				return q.printer(streams, api).Builds(builds)
			})
		},
	}
	q.flags(cmd.Flags())
	cmd.Flags().StringVar(&tag, "tag", "", "only the latest in this `tag`")
	cmd.Flags().IntVarP(&limit, "limit", "n", 5, "how `many`, without --tag")
	return cmd
}

func currentCommand(streams cliutil.Streams) *cobra.Command {
	var q question
	cmd := &cobra.Command{
		Use:   "current PACKAGE",
		Short: "List the builds of a package that have not ended, and when they will be done",
		Long: `current lists the builds of a package that have not ended, the newest first, each with
what it is at and when it will be done, as eta tells it.`,
		Example: `  kojiwatch current --profile fedora kernel`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return q.ask(cmd.Context(), streams, nil, func(ctx context.Context, api kojirpc.API) error {
				answers, err := listing.Current(ctx, api, args[0], nil)
				if err != nil {
					return err
				}
				return q.printer(streams, api).Current(answers)
			})
		},
	}
	q.flags(cmd.Flags())
	return cmd
}

func tasksCommand(streams cliutil.Streams) *cobra.Command {
	var q question
	var list listing.Query
	cmd := &cobra.Command{
		Use:   "tasks",
		Short: "List tasks, by user, host or state",
		Long: `tasks lists tasks, the newest first: those that have not ended, unless --state names
other states, and only those that are below none other, unless --host or --below is
given.`,
		Example: `  kojiwatch tasks --profile fedora --mine
  kojiwatch tasks --profile fedora --user alice --state failed
  kojiwatch tasks --profile fedora --host buildvm-x86-01.example.com`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return q.list(cmd.Context(), streams, &list, func(ctx context.Context, api kojirpc.API) (int, error) {
				tasks, err := list.Tasks(ctx, api)
				if err != nil {
					return 0, err
				}
				return len(tasks), q.printer(streams, api).Tasks(tasks)
			})
		},
	}
	q.flags(cmd.Flags())
	listFlags(cmd, &list, listing.TaskStates())
	cmd.Flags().StringVar(&list.Host.Name, "host", "", "only those on this `host`")
	cmd.Flags().BoolVar(&list.Below, "below", false, "those below other tasks, too")
	return cmd
}

func buildsCommand(streams cliutil.Streams) *cobra.Command {
	var q question
	var list listing.Query
	cmd := &cobra.Command{
		Use:   "builds",
		Short: "List builds, by user, package or state",
		Long:  `builds lists builds, the newest first.`,
		Example: `  kojiwatch builds --profile fedora --user alice --state failed
  kojiwatch builds --profile fedora --package bash --json | jq -r .nvr`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return q.list(cmd.Context(), streams, &list, func(ctx context.Context, api kojirpc.API) (int, error) {
				builds, err := list.Builds(ctx, api)
				if err != nil {
					return 0, err
				}
				return len(builds), q.printer(streams, api).Builds(builds)
			})
		},
	}
	q.flags(cmd.Flags())
	listFlags(cmd, &list, listing.BuildStates())
	cmd.Flags().StringVar(&list.Package.Name, "package", "", "only those of this `package`")
	return cmd
}

// listFlags adds the flags that select tasks and builds.
func listFlags(cmd *cobra.Command, list *listing.Query, states []string) {
	for i := range states {
		states[i] = strings.ToLower(states[i])
	}
	f := cmd.Flags()
	f.StringVarP(&list.User.Name, "user", "u", "", "only those of this `user`")
	f.BoolVar(&list.Mine, "mine", false, "only yours; logs in")
	f.StringSliceVar(&list.States, "state", nil, "only those in this `state`: "+strings.Join(states, ", "))
	f.IntVarP(&list.Limit, "limit", "n", 50, "how `many`; 0 is all")
	_ = cmd.RegisterFlagCompletionFunc("state", cli.OneOf(states)) // it fails for flags that there are not
}

// list prints a list, and a note if there is more of it.
func (q *question) list(ctx context.Context, streams cliutil.Streams, list *listing.Query, do func(context.Context, kojirpc.API) (int, error)) error {
	if list.Mine && list.User.Name != "" {
		return cli.UsageError{Err: errors.New("--mine and --user do not go together")}
	}
	for i, s := range list.States {
		list.States[i] = strings.ToUpper(s)
	}
	q.Login = q.Login || list.Mine
	return q.ask(ctx, streams, nil, func(ctx context.Context, api kojirpc.API) error {
		n, err := do(ctx, api)
		if err == nil && n > 0 && n == list.Limit {
			_, _ = fmt.Fprintf(streams.Err, "kojiwatch: these are the newest %d; --limit takes more\n", n)
		}
		return err
	})
}
