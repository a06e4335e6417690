package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/ask"
	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/internal/wait"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// The exit codes, documented in docs/commands.md.
const (
	exitOK      = 0
	exitFailure = 1 // the work failed, or part of it
	exitUsage   = 2 // the command line or the configuration is wrong
	exitRefused = 3 // somebody refuses for good: the broker, or the receiver of a sample event; or no daemon answers

	exitUnknown     = 4   // wait, watch: the hub knows no such task or build
	exitTimeout     = 124 // wait, watch: it did not come about in time, as timeout(1) has it
	exitInterrupted = 130 // stopped before what it waited for, as shells have it for SIGINT
)

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
		Args:          cli.UnknownCommand,
		Version:       cliutil.Version(),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetUsageFunc(usage(root.UsageFunc()))
	root.SetHelpFunc(help(streams))
	root.SetHelpCommand(helpCommand(root))
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return cli.UsageError{Err: fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())}
	})
	notes := &cliutil.Notes{To: streams.Err} // errors are for who calls
	streams.Err = notes
	cli.VerbosityFlags(root, notes)
	root.AddCommand(
		initCommand(streams),
		runCommand(streams),
		tailCommand(streams),
		checkCommand(streams),
		replayCommand(streams),
		recordCommand(streams),
		deadCommand(streams),
		reconcileCommand(streams),
		explainCommand(streams),
		sinkCommand(streams),
		statusCommand(streams),
		campaignCommand(streams),
		healthCommand(streams),
		demoCommand(streams),
		versionCommand(streams),
		manCommand(),
	)
	root.AddCommand(ask.Commands(streams)...)
	addCompletion(root)
	root.InitDefaultCompletionCmd()
	checkArguments(root)
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
	fatal, isFatal := errors.AsType[*consumer.FatalError](err)
	switch {
	case errors.As(err, new(cli.UsageError)), errors.As(err, new(*config.UnreadableError)),
		errors.As(err, new(*sinkbuild.UnknownError)), errors.As(err, new(*sinkbuild.SettingsError)),
		errors.As(err, new(*listing.StateError)), errors.Is(err, profile.ErrNoProfile), isFatal && fatal.Cause == broker.CauseSettings:
		return exitUsage
	case errors.As(err, new(*wait.UnknownError)):
		return exitUnknown
	case errors.As(err, new(*wait.TimeoutError)):
		return exitTimeout
	case errors.Is(err, cli.ErrInterrupted):
		return exitInterrupted
	case isFatal, errors.As(err, new(*sinkbuild.RefusedError)), errors.As(err, new(*noDaemonError)):
		return exitRefused
	}
	return exitFailure
}

// usage writes what cobra does, without the values of switches, which nobody writes.
func usage(write func(*cobra.Command) error) func(*cobra.Command) error {
	return func(cmd *cobra.Command) error {
		var text strings.Builder
		out := cmd.OutOrStderr()
		cmd.SetOut(&text)
		err := write(cmd)
		cmd.SetOut(out)
		if err != nil {
			return err
		}
		_, err = io.WriteString(out, strings.ReplaceAll(text.String(), "[=true|false]", "             "))
		return err
	}
}

// helpCommand shows the help of a command; cobra's own takes words that are none.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND...]",
		Short: "Show the help of a command",
		RunE: func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || found == root && len(rest) > 0 {
				return cli.UnknownCommand(root, args)
			}
			if len(rest) > 0 {
				return cli.UnknownCommand(found, rest)
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			found, _, err := root.Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, sub := range found.Commands() {
				if sub.IsAvailableCommand() {
					names = append(names, sub.Name())
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// withUsage makes errors about arguments usage errors, in our words.
func withUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		if err == nil || errors.As(err, new(cli.UsageError)) {
			return err
		}
		err = errors.New("an argument is missing")
		for n, arg := range slices.Backward(args) {
			if check(cmd, args[:n]) == nil { // fewer would do
				err = fmt.Errorf("unexpected argument %.60q", arg)
				break
			}
		}
		return cli.UsageError{Err: fmt.Errorf("%w; write %s\nSee '%s --help'", err, cmd.UseLine(), cmd.CommandPath())}
	}
}

// checkArguments has all commands below one report wrong arguments by withUsage, those
// that cobra adds as well.
func checkArguments(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		switch {
		case sub.HasSubCommands() && !sub.Runnable():
			sub.Args, sub.RunE = cli.UnknownCommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		case sub.Args != nil:
			sub.Args = withUsage(sub.Args)
		}
		checkArguments(sub)
	}
}
