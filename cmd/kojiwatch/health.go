package main

import (
	"cmp"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// The address that health asks where nothing is said of one.
const (
	adminVariable = "KOJIWATCH_ADMIN"
	usualAdmin    = "127.0.0.1:9672"
)

func healthCommand(streams cliutil.Streams) *cobra.Command {
	var opts HealthOptions
	var file string
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask a running daemon how it is",
		Long: `health asks the admin listener of a daemon whether it is alive or, with --ready,
whether every sink has a session with the broker. It exits with 0 if so, else with 1:
the health check of a container in which there is nothing but kojiwatch.

The address is that of --admin or of admin.listen in the file of --config, else
$` + adminVariable + `, else ` + usualAdmin + `. A file with a mistake in it tells no address, even if
the daemon runs with what it held before.`,
		Example: `  kojiwatch health
  kojiwatch health --ready --admin unix:/run/kojiwatch/admin.sock`,
		Args: withUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file != "" && opts.Address != "" {
				return usageError{errors.New("--admin and --config do not go together")}
			}
			if file != "" {
				c, err := sinkbuild.LoadConfig(file)
				if err != nil {
					return err
				}
				if c.Admin.Listen == "" {
					return c.Problem("admin.listen", "is missing; the daemon can be asked over no other way")
				}
				opts.Address = c.Admin.Listen
			}
			opts.Address = cmp.Or(opts.Address, os.Getenv(adminVariable), usualAdmin)
			return Health(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Address, "admin", "", "the `address` of the admin listener, like 127.0.0.1:9672 or unix:/PATH")
	f.StringVarP(&file, "config", "c", "", "the configuration `file` that names it")
	f.BoolVar(&opts.Ready, "ready", false, "ask whether it can work, not only whether it is alive")
	f.DurationVar(&opts.Timeout, "timeout", 5*time.Second, "how `long` the answer may take")
	return cmd
}
