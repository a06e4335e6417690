package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

func versionCommand(streams cliutil.Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of kojiwatch and of Go",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(streams.Out, cliutil.Version())
			return err
		},
	}
}
