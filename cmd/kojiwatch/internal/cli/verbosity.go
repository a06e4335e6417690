package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// VerbosityFlags adds the flags that control how much the subcommands write to standard error
// in addition to errors.
func VerbosityFlags(root *cobra.Command, notes *cliutil.Notes) {
	var quiet, verbose bool
	f := root.PersistentFlags()
	f.BoolVarP(&quiet, "quiet", "q", false, "write no warnings, only errors")
	f.BoolVarP(&verbose, "verbose", "v", false, "write more of what is done, such as each request to the hub")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		switch {
		case quiet && verbose:
			return UsageError{Err: errors.New("--quiet and --verbose do not go together")}
		case quiet:
			notes.Hush()
		case verbose:
			notes.Amplify()
		}
		return nil
	}
}
