package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/admin"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// HealthOptions select the daemon and the check.
type HealthOptions struct {
	Address string // of the admin listener, as in the configuration
	Ready   bool   // ask whether the daemon is ready; else whether it is alive
	Timeout time.Duration
}

// Health prints a daemon's answer. It returns an error if the daemon is not alive or ready, or
// does not answer.
func Health(ctx context.Context, streams cliutil.Streams, o HealthOptions) error {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	text, err := admin.Ask(ctx, o.Address, o.Ready)
	if err != nil {
		return errors.New(visibleLines(err.Error()))
	}
	_, err = fmt.Fprintln(streams.Out, visibleLines(text))
	return err
}

// visibleLines escapes invisible and control characters in each line of a text.
func visibleLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = cliutil.Visible(lines[i])
	}
	return strings.Join(lines, "\n")
}

func healthCommand(streams cliutil.Streams) *cobra.Command {
	var opts HealthOptions
	var file string
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask a running daemon whether it is alive or ready",
		Long: `health asks the admin listener of a daemon whether it is alive or, with --ready,
whether every sink has a session with the broker. It exits with 0 if so, else with 1.
Use it as the health check of a container that holds nothing but kojiwatch.

The address comes from --admin or from admin.listen in the file of --config, else
from $` + adminVariable + `, else it is ` + defaultAdmin + `. A file with a mistake in it gives no
address, even if the daemon still runs with its earlier content.`,
		Example: `  kojiwatch health
  kojiwatch health --ready --admin unix:/run/kojiwatch/admin.sock`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := adminAddress(opts.Address, file)
			if err != nil {
				return err
			}
			opts.Address = cmp.Or(address, defaultAdmin)
			return Health(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	adminFlags(f, &opts.Address, &file, &opts.Timeout, 5*time.Second)
	f.BoolVar(&opts.Ready, "ready", false, "ask whether the daemon is ready, not only whether it is alive")
	return cmd
}
