// Package cli holds what the commands of kojiwatch share: flags that mean the same in each, and
// errors with an exit code of their own.
package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// ErrInterrupted reports that the user stopped a command that was waiting.
var ErrInterrupted = errors.New("interrupted")

// UsageError is a mistake in the command line.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// UnknownCommand returns an error for a command that does not exist, with similar names.
func UnknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q", args[0])
	cmd.SuggestionsMinimumDistance = 2
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		err = fmt.Errorf("%w; did you mean %s?", err, strings.Join(like, " or "))
	}
	return UsageError{Err: fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())}
}
