package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/internal/starter"
)

func initCommand(streams cliutil.Streams) *cobra.Command {
	var opts InitOptions
	cmd := &cobra.Command{
		Use:   "init [KIND]",
		Short: "Write a configuration to begin with",
		Long: `init writes a short configuration with comments: for a public build system, or for a
sink of the type that KIND names. With --preset, the sink gets the events of that build
system, else those of a broker of your own. Without KIND, init lists the kinds.

The file is the one that other commands read without --config: the file that
KOJIWATCH_CONFIG names, else kojiwatch/kojiwatch.yaml in $XDG_CONFIG_HOME (~/.config).
Only you can read it, since it may come to hold secrets. A file that is there already
stays as it is, unless --force is given.`,
		Example: `  kojiwatch init fedora
  kojiwatch init slack --preset fedora
  kojiwatch init webhook -o kojiwatch.yaml`,
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: starter.Names(),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listKinds(streams.Out)
			}
			opts.Kind = args[0]
			return Init(streams, opts)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opts.Output, "output", "o", "", "the `file` to write; - is standard output")
	f.StringVar(&opts.Preset, "preset", "", "the `name` of a public build system, whose events to take: "+strings.Join(config.BrokerPresets(), " or "))
	f.BoolVar(&opts.Force, "force", false, "replace a file that is there")
	return cmd
}

func listKinds(out io.Writer) error {
	_, _ = fmt.Fprintln(out, "kojiwatch init KIND writes a configuration for one of these kinds:")
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, k := range starter.Kinds() {
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", k.Name, k.About)
	}
	return table.Flush()
}

// InitOptions select the configuration to write and its file.
type InitOptions struct {
	starter.Options
	Output string // "": the first of the usual places; "-": standard output
	Force  bool   // replace a file that is there
}

// Init writes a configuration and prints the next steps.
func Init(streams cliutil.Streams, opts InitOptions) error {
	opts.Queue = sinkbuild.NewUUID()
	text, err := starter.Text(opts.Options)
	if err != nil {
		return cli.UsageError{Err: err}
	}
	if opts.Output == "-" {
		_, err := io.WriteString(streams.Out, text)
		return err
	}
	path := cmp.Or(opts.Output, cliutil.NewConfigFile())
	if path == "" {
		return cli.UsageError{Err: errors.New("there is neither XDG_CONFIG_HOME nor HOME for a place; name a file with --output")}
	}
	if err := writeConfig(path, text, opts.Force); err != nil {
		return err
	}
	check, run := "check", "run"
	if path != cliutil.ConfigFile("") {
		check, run = "check "+shellWord(path), "run --config "+shellWord(path)
	}
	_, err = fmt.Fprintf(streams.Out, "Wrote %s. Edit it, then:\n  kojiwatch %s\n  kojiwatch %s\n", cliutil.Visible(path), check, run)
	return err
}

// writeConfig writes a file that only its owner can read.
func writeConfig(path, text string, force bool) error {
	write := atomicfile.Create
	if force {
		write = atomicfile.Replace
	}
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = write(path, func(f *os.File) error {
			_, err := f.WriteString(text)
			return err
		})
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; --force replaces it, and --output - shows the new one", cliutil.Visible(path))
	}
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// shellWord quotes a path for a shell.
func shellWord(path string) string {
	plain := func(r rune) bool {
		return r == '/' || r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
	}
	if !strings.ContainsFunc(path, func(r rune) bool { return !plain(r) }) {
		return path
	}
	return "'" + strings.ReplaceAll(cliutil.Visible(path), "'", `'\''`) + "'"
}
