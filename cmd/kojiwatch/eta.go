package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/app"
)

func etaCommand(streams app.Streams) *cobra.Command {
	var opts app.EtaOptions
	cmd := &cobra.Command{
		Use:   "eta TASK|BUILD|NVR|URL|PACKAGE",
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
canceled.`,
		Example: `  kojiwatch eta --profile fedora 123456789
  kojiwatch eta --profile fedora bash-5.2-1.fc44 --watch
  kojiwatch eta --profile fedora https://koji.fedoraproject.org/koji/taskinfo?taskID=123456789
  kojiwatch eta --profile fedora kernel --target f44 --json | jq .estimate.duration`,
		Args: withUsage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Name = args[0]
			if opts.Config != "" && (opts.Profile != "" || opts.URL != "" || opts.ConfigFile != "") {
				return usageError{errors.New("--config names the hub: leave out --profile, --hub and --koji-config")}
			}
			return app.Eta(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	hubFlags(f, &opts.HubOptions)
	f.StringVar(&opts.Config, "config", "", "a kojiwatch configuration `file` whose hub to ask")
	f.StringVar(&opts.Target, "target", "", "for a package: the build `target`")
	f.BoolVar(&opts.JSON, "json", false, "print one JSON object")
	f.BoolVarP(&opts.Watch, "watch", "w", false, "go on until it has ended")
	return cmd
}
