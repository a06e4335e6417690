package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/admin"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/statustext"
)

// noDaemonError reports that no daemon answers.
type noDaemonError struct{ err error }

func (e *noDaemonError) Error() string {
	return visibleLines(e.err.Error()) + "; is kojiwatch running there, with admin.listen in its configuration?"
}
func (e *noDaemonError) Unwrap() error { return e.err }

// StatusOptions select the daemon to ask and the form of its answer.
type StatusOptions struct {
	Address string // of the admin listener, as in the configuration
	JSON    bool
	Timeout time.Duration
}

// Status prints the status of a daemon. It returns a [*noDaemonError] if no daemon answers,
// and another error if the status has problems.
func Status(ctx context.Context, streams cliutil.Streams, o StatusOptions) error {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	s, text, err := admin.Status(ctx, o.Address)
	if err != nil {
		return &noDaemonError{err}
	}
	if o.JSON {
		_, err = fmt.Fprintln(streams.Out, visibleJSON(string(text)))
	} else {
		lines := statustext.Lines(s, o.Address, cliutil.TerminalWidth(streams.Out), cliutil.WantsColor(streams.Out))
		_, err = io.WriteString(streams.Out, lines)
	}
	if n := len(s.Problems); err == nil && n > 0 {
		err = fmt.Errorf("something is wrong with the daemon (problems: %d)", n)
	}
	return err
}

func statusCommand(streams cliutil.Streams) *cobra.Command {
	var opts StatusOptions
	var file string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show how a running daemon is doing",
		Long: `status asks the admin listener of a daemon and shows its broker, its sinks with what
waits for each, its hub and history, and what is wrong, with the last error and what to
do. It exits with 0 if all is well, with 1 if something is wrong, and with 3 if no daemon
answers.

The address comes from --admin or from admin.listen in the file of --config, else from
$` + adminVariable + `, else from the file that "kojiwatch run" would find, else it is
` + defaultAdmin + `.`,
		Example: `  kojiwatch status
  kojiwatch status --config kojiwatch.yaml
  kojiwatch status --json | jq '.sinks[] | {name, state, backlog}'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := findAdmin(opts.Address, file)
			if err != nil {
				return err
			}
			opts.Address = address
			return Status(cmd.Context(), streams, opts)
		},
	}
	f := cmd.Flags()
	adminFlags(f, &opts.Address, &file, &opts.Timeout, 5*time.Second)
	f.BoolVar(&opts.JSON, "json", false, "print the answer of /api/status, a JSON object")
	return cmd
}

// visibleJSON escapes invisible characters in the strings of a JSON text.
func visibleJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || unicode.IsPrint(r) || r > 0xffff {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}
