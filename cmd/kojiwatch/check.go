package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/configcheck"
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
				return opts.report(streams, []*configcheck.Result{configcheck.Check(source.file, c, err, opts.Strict)})
			}
			if source.file != "" {
				return cli.UsageError{Err: errors.New("--config and FILE do not go together; name files alone")}
			}
			if err := source.onlyFile(cmd.Flags()); err != nil {
				return err
			}
			all := make([]*configcheck.Result, 0, len(args))
			for _, file := range args {
				name, c, err := loadChecked(file, streams.In)
				all = append(all, configcheck.Check(name, c, err, opts.Strict))
			}
			return opts.report(streams, all)
		},
	}
	source.add(cmd)
	cmd.Flags().BoolVar(&opts.Strict, "strict", false, "take warnings for mistakes")
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print a JSON object for each file, one per line")
	return cmd
}

// CheckOptions control what counts as a mistake and how results are printed.
type CheckOptions struct {
	Strict bool // warnings are mistakes
	JSON   bool // print a JSON object for each file
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

// report prints the results. The error holds all mistakes or, where the output already does,
// the number of configurations that have some.
func (o *CheckOptions) report(streams cliutil.Streams, all []*configcheck.Result) error {
	var bad []error
	for i, r := range all {
		if r.Err != nil {
			bad = append(bad, r.Err)
		}
		var err error
		switch {
		case o.JSON:
			err = cli.WriteJSONLine(streams.Out, r.JSON())
		case r.Err == nil:
			title := ""
			if len(all) > 1 {
				title = fmt.Sprintf("file    %s\n", cliutil.Visible(r.File))
			}
			if i > 0 {
				title = "\n" + title
			}
			for _, problem := range r.Warnings {
				_, _ = fmt.Fprintf(streams.Err, "kojiwatch: warning: %v\n", problem)
			}
			_, err = io.WriteString(streams.Out, cliutil.WrapLines(title+r.Text(), cliutil.TerminalWidth(streams.Out)))
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
