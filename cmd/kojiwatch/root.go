package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// The exit codes, documented in docs/commands.md.
const (
	exitOK      = 0
	exitFailure = 1 // the work failed, or part of it
	exitUsage   = 2 // the command line or the configuration is wrong
	exitRefused = 3 // somebody refuses for good: the broker, or the receiver of a sample event
)

// usageError is a mistake in the command line.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func rootCommand(streams cliutil.Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kojiwatch",
		Short: "Watch a Koji build system over its message bus",
		Long: `kojiwatch consumes the messages of the Koji build system from a message broker and
turns them into events for people and programs: one event per message, as JSON or as
readable lines, in order, with nothing lost.`,
		Example: `  kojiwatch demo
  kojiwatch run --broker amqp://guest:guest@localhost/ --topics 'koji.#'
  kojiwatch run --config kojiwatch.yaml
  kojiwatch replay recording.jsonl --format json | jq .summary`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          unknownCommand,

		SuggestionsMinimumDistance: 2,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())}
	})
	root.AddCommand(
		runCommand(streams),
		checkCommand(streams),
		replayCommand(streams),
		recordCommand(streams),
		deadCommand(streams),
		explainCommand(streams),
		sinkCommand(streams),
		healthCommand(streams),
		demoCommand(streams),
		etaCommand(streams),
		callCommand(streams),
		whoamiCommand(streams),
		apiCommand(streams),
		profilesCommand(streams),
		cacheCommand(streams),
		historyCommand(streams),
		versionCommand(streams),
		manCommand(),
	)
	addCompletion(root)
	return root
}

// exitCode prints an error once, in words, and returns the code that goes with
// it.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return exitOK
	}
	if errors.As(err, new(*config.Error)) {
		_, _ = fmt.Fprintln(stderr, err) // a line each, with its place in front
		return exitUsage
	}
	_, _ = fmt.Fprintf(stderr, "kojiwatch: %v\n", err)
	switch {
	case errors.As(err, new(usageError)), errors.As(err, new(*config.UnreadableError)):
		return exitUsage
	case errors.As(err, new(*consumer.FatalError)), errors.As(err, new(*sinkbuild.RefusedError)):
		return exitRefused
	}
	return exitFailure
}

// unknownCommand refuses a command that there is not, and names similar ones.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q", args[0])
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		err = fmt.Errorf("%w; did you mean %s?", err, strings.Join(like, " or "))
	}
	return usageError{fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())}
}

// withUsage makes errors about arguments usage errors.
func withUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())}
		}
		return nil
	}
}
