package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func checkCommand(streams cliutil.Streams) *cobra.Command {
	var source configSource
	var opts CheckOptions
	cmd := &cobra.Command{
		Use:   "check [FILE...]",
		Short: "Read a configuration and show what it would declare on the broker",
		Long: `check reads configurations, reports every mistake in them at once with line and
column, and shows what each sink would declare and bind. It connects to nothing. With
"-" it reads standard input.

It warns of files and programs that are not there, and of filters that no event can
pass; with --strict, it ends with 2 then. --json prints an object for each file, on a
line of its own.`,
		Example: `  kojiwatch check kojiwatch.yaml
  kojiwatch check --strict /etc/kojiwatch/kojiwatch.yaml
  kojiwatch check --json *.yaml | jq -r 'select(.valid | not) | .file'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				c, err := source.load(streams, cmd.Flags())
				if errors.As(err, new(cli.UsageError)) {
					return err
				}
				return opts.report(streams, []*checked{examine(source.file, c, err, opts.Strict)})
			}
			if source.file != "" {
				return cli.UsageError{Err: errors.New("--config and FILE do not go together; name files alone")}
			}
			if err := source.onlyFile(cmd.Flags()); err != nil {
				return err
			}
			all := make([]*checked, 0, len(args))
			for _, file := range args {
				name, c, err := loadChecked(file, streams.In)
				all = append(all, examine(name, c, err, opts.Strict))
			}
			return opts.report(streams, all)
		},
	}
	source.add(cmd)
	cmd.Flags().BoolVar(&opts.Strict, "strict", false, "take warnings for mistakes")
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print a JSON object for each file, one per line")
	return cmd
}

// CheckOptions say what counts as a mistake, and how to report.
type CheckOptions struct {
	Strict bool // warnings do, too
	JSON   bool
}

// loadChecked reads a configuration; "-" is the standard input.
func loadChecked(file string, stdin io.Reader) (name string, c *config.Config, err error) {
	if file == "-" {
		name = "<stdin>"
		c, err = sinkbuild.ReadConfig(name, stdin)
		return name, c, err
	}
	c, err = sinkbuild.LoadConfig(file)
	return file, c, err
}

// checked is what was found about a configuration.
type checked struct {
	file     string // "": it comes from flags
	config   *config.Config
	access   hub.Access
	err      error // the mistakes
	warnings []config.Problem
}

// examine looks at a configuration, or at what was wrong with reading it, without doing
// any of what it says. Strict makes warnings mistakes.
func examine(file string, c *config.Config, err error, strict bool) *checked {
	v := &checked{file: file, config: c, err: err}
	if err != nil {
		return v
	}
	v.warnings = sinkbuild.Doubts(c)
	if strict && len(v.warnings) > 0 {
		v.err, v.warnings = &config.Error{Problems: v.warnings}, nil
		return v
	}
	if v.access, v.err = hub.AccessOf(c); v.err != nil {
		return v
	}
	for _, text := range v.access.Warnings {
		v.warnings = append(v.warnings, config.Problem{Message: text})
	}
	if c.Hub.Configured() {
		// Making a client reads the hub's certificate authorities.
		_, v.err = hub.Connect(v.access)
	}
	return v
}

// report prints what was found. The error is all mistakes or, where these are in the
// output, how many configurations have some.
func (o *CheckOptions) report(streams cliutil.Streams, all []*checked) error {
	var bad []error
	for i, v := range all {
		if v.err != nil {
			bad = append(bad, v.err)
		}
		var err error
		switch {
		case o.JSON:
			err = cli.WriteJSONLine(streams.Out, v.line())
		case v.err == nil:
			title := ""
			if len(all) > 1 {
				title = fmt.Sprintf("file    %s\n", cliutil.Visible(v.file))
			}
			if i > 0 {
				title = "\n" + title
			}
			for _, problem := range v.warnings {
				_, _ = fmt.Fprintf(streams.Err, "kojiwatch: warning: %v\n", problem)
			}
			_, err = io.WriteString(streams.Out, cliutil.WrapLines(title+v.text(), cliutil.TerminalWidth(streams.Out)))
		}
		if err != nil {
			return err
		}
	}
	if o.JSON && len(bad) > 0 {
		return cli.UsageError{Err: fmt.Errorf("mistakes in %d of %d configurations", len(bad), len(all))}
	}
	return errors.Join(bad...)
}

// text describes a valid configuration.
func (v *checked) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "broker  %s\n", strings.Join(brokersOf(v.config), ", "))
	if v.config.Hub.Configured() {
		describeHub(&b, v.config, v.access)
	}
	for i := range v.config.Sinks {
		describeSink(&b, v.config, &v.config.Sinks[i])
	}
	b.WriteString("\nThe configuration is valid.\n")
	return b.String()
}

// brokersOf returns the addresses of the brokers, without secrets.
func brokersOf(c *config.Config) []string {
	brokers := make([]string, 0, 1)
	for _, at := range c.Broker.Addresses() {
		brokers = append(brokers, at.String())
	}
	return brokers
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
