package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func checkCommand(streams cliutil.Streams) *cobra.Command {
	var source configSource
	var strict bool
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Read a configuration and show what it would declare on the broker",
		Long: `check reads a configuration, reports every mistake in it at once with line and
column, and shows what each sink would declare and bind. It connects to nothing.

It warns of files and programs that are not there, and of filters that no event can
pass; with --strict, it ends with 2 then.`,
		Example: `  kojiwatch check kojiwatch.yaml
  kojiwatch check --strict /etc/kojiwatch/kojiwatch.yaml`,
		Args: withUsage(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && source.file == "" {
				source.file = args[0]
			}
			c, err := source.load(streams, cmd.Flags())
			if err != nil {
				return err
			}
			return Check(streams, c, strict)
		},
	}
	source.add(cmd)
	cmd.Flags().BoolVar(&strict, "strict", false, "take warnings for mistakes")
	return cmd
}

// Check shows what a valid configuration would do, without doing any of it. Strict makes
// warnings mistakes.
func Check(streams cliutil.Streams, c *config.Config, strict bool) error {
	doubts := sinkbuild.Doubts(c)
	if strict && len(doubts) > 0 {
		return &config.Error{Problems: doubts}
	}
	access, err := hub.AccessOf(c)
	if err != nil {
		return err
	}
	var b strings.Builder
	brokers := make([]string, 0, 1)
	for _, at := range c.Broker.Addresses() {
		brokers = append(brokers, at.String())
	}
	fmt.Fprintf(&b, "broker  %s\n", strings.Join(brokers, ", "))
	if c.Hub.Configured() {
		// Making a client reads the hub's certificate authorities.
		if _, err := hub.Connect(access); err != nil {
			return err
		}
		describeHub(&b, c, access)
	}
	for i := range c.Sinks {
		describeSink(&b, c, &c.Sinks[i])
	}
	b.WriteString("\nThe configuration is valid.\n")
	for _, problem := range doubts {
		_, _ = fmt.Fprintf(streams.Err, "kojiwatch: warning: %v\n", problem)
	}
	for _, text := range access.Warnings {
		_, _ = fmt.Fprintf(streams.Err, "kojiwatch: warning: %s\n", text)
	}
	_, err = io.WriteString(streams.Out, b.String())
	return err
}

// describeHub shows which hub completes events and where its names are kept.
func describeHub(b *strings.Builder, c *config.Config, access hub.Access) {
	caller := "anonymous"
	if c.Hub.Login {
		caller = "logs in"
	}
	fmt.Fprintf(b, "hub     %s (%s)\n", cliutil.Visible(access.Options.Server), caller)
	names := "in memory"
	if dir := hub.NamesDir(c); dir != "" {
		names = dir
	}
	fmt.Fprintf(b, "names   %s\n", cliutil.Visible(names))
}

func describeSink(b *strings.Builder, c *config.Config, s *config.Sink) {
	fmt.Fprintf(b, "\nsink %s (%s)\n", s.Name, s.Type)
	name := s.Queue.Name
	if name == "" {
		name = "a name that the broker chooses"
	}
	switch s.Queue.Declare {
	case config.DeclareActive:
		fmt.Fprintf(b, "  declares queue   %s: %s\n", name, queueTraits(&s.Queue))
	case config.DeclarePassive:
		fmt.Fprintf(b, "  expects queue    %s\n", name)
	default:
		fmt.Fprintf(b, "  takes queue      %s\n", name)
	}
	if destination := sinkbuild.Destination(s); destination != "" {
		fmt.Fprintf(b, "  sends to         %s\n", cliutil.Visible(destination))
	}
	for _, rule := range sinkbuild.FilterRules(s) {
		fmt.Fprintf(b, "  only             %s\n", cliutil.Visible(rule))
	}
	for _, topic := range s.Topics {
		fmt.Fprintf(b, "  binds            %s  %s\n", s.Exchange, topic)
	}
	fmt.Fprintf(b, "  prefetch         %d\n", s.Prefetch)
	switch {
	case s.DeadLetters == config.DeadLettersFile:
		fmt.Fprintf(b, "  dead letters     file %s\n", sinkbuild.DeadPath(c, s))
	case s.Queue.Declare == config.DeclareActive:
		fmt.Fprintf(b, "  declares queue   %s for dead letters\n", sinkbuild.DeadQueue(s))
	default:
		fmt.Fprintf(b, "  dead letters     queue %s\n", sinkbuild.DeadQueue(s))
	}
}

// queueTraits lists the properties and arguments that a queue is declared with.
func queueTraits(q *config.Queue) string {
	traits := []string{string(q.Type)}
	for _, t := range []struct {
		is   bool
		name string
	}{
		{q.Durable, "durable"},
		{q.Exclusive, "exclusive"},
		{q.AutoDelete, "auto-delete"},
		{q.SingleActiveConsumer, "single active consumer"},
	} {
		if t.is {
			traits = append(traits, t.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(q.Arguments)) {
		traits = append(traits, fmt.Sprintf("%s=%v", name, q.Arguments[name]))
	}
	return strings.Join(traits, ", ")
}
