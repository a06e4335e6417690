package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

func etaCommand(streams cliutil.Streams) *cobra.Command {
	var opts EtaOptions
	var score bool
	var history string
	cmd := &cobra.Command{
		Use:   "eta TASK|BUILD|NVR|URL|PACKAGE | --score",
		Short: "Tell when a task or build will be done",
		Long: `eta asks a Koji hub for a task or build and tells when it will be done: most
likely, and between when and when in four cases of five. For what waits it tells
what it waits for, how many tasks are ahead, and when it will start. For a package
it tells how long a build would take.

What is named by a number is a task, if there is one with that id, else a build;
task:ID and build:ID say which. A URL is one of kojiweb.

The estimate goes by the package's last builds on the hub, arch by arch, else by
the hub's average; the start of what waits by the hosts of its channel, what runs
on them and what waits ahead. It says what it goes by.

--watch goes on until the task has ended, and exits with 1 if it failed or was
canceled.

--score shows how the estimates that the daemon put into events have fared, by
method and by when they were given: when the task began to wait (free), when it
began to run (open), when half of its run was over (half). MEDIAN ERROR is what half
of the estimates were off by at most, as a share of the time that remained; BIAS is
above zero where they were too long; IN INTERVAL should be 80 %. HUB'S AVERAGE is
the median error of the hub's average build duration for the same tasks.`,
		Example: `  kojiwatch eta --profile fedora 123456789
  kojiwatch eta --profile fedora bash-5.2-1.fc44 --watch
  kojiwatch eta --profile fedora https://koji.fedoraproject.org/koji/taskinfo?taskID=123456789
  kojiwatch eta --profile fedora kernel --target f44 --json | jq .estimate.duration
  kojiwatch eta --score --config kojiwatch.yaml`,
		Args: withUsage(func(cmd *cobra.Command, args []string) error {
			if score {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			if score {
				return EtaScore(streams, EtaScoreOptions{Config: opts.Config, Dir: history, JSON: opts.JSON})
			}
			opts.Name = args[0]
			if opts.Config != "" && (opts.Profile != "" || opts.URL != "" || opts.ConfigFile != "") {
				return usageError{errors.New("--config names the hub: leave out --profile, --hub and --koji-config")}
			}
			return Eta(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	hubFlags(f, &opts.Options)
	f.StringVar(&opts.Config, "config", "", "a kojiwatch configuration `file` whose hub to ask")
	f.StringVar(&opts.Target, "target", "", "for a package: the build `target`")
	f.BoolVar(&opts.JSON, "json", false, "print one JSON object, with --score one on a line for each row")
	f.BoolVar(&score, "score", false, "show how estimates have fared")
	f.StringVar(&history, "history", "", "with --score: the state `folder` (default the configuration's)")
	f.BoolVarP(&opts.Watch, "watch", "w", false, "go on until it has ended")
	return cmd
}
