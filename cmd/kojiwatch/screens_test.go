package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/integration/rig/terminal"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/demo"
)

// TestScreens: on terminals of 60, 80 and 120 columns what people read fits. `go run
// ./dev/screens` makes pictures of what is recorded here.
func TestScreens(t *testing.T) {
	for name, show := range map[string]func(cliutil.Streams) error{
		"demo": func(streams cliutil.Streams) error {
			return demo.Play(t.Context(), streams, demo.Options{Format: cliutil.FormatAuto})
		},
		"check": func(streams cliutil.Streams) error {
			return executed(t, streams, "check", "testdata/screens/kojiwatch.yaml")
		},
	} {
		terminal.Check(t, "testdata/screens", name, show)
	}
}

func executed(t *testing.T, streams cliutil.Streams, args ...string) error {
	t.Helper()
	cmd := rootCommand(streams)
	cmd.SetArgs(args)
	return cmd.ExecuteContext(t.Context())
}

// TestHelpFits: the help of every command fits a terminal, but for examples to copy.
func TestHelpFits(t *testing.T) {
	commands := []*cobra.Command{rootCommand(cliutil.Streams{})}
	for len(commands) > 0 {
		cmd := commands[0]
		commands = append(commands[1:], cmd.Commands()...)
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		for _, width := range []uint16{60, 80, 120} {
			text := terminal.Record(t, width, func(streams cliutil.Streams) error { return executed(t, streams, args...) })
			for line := range strings.Lines(text) {
				line = strings.TrimRight(line, "\n")
				words := strings.Fields(line)
				if utf8.RuneCountInString(line) > int(width) && len(words) > 1 && !strings.Contains(cmd.Example, words[0]) {
					t.Errorf("%s at %d columns: %s", cmd.CommandPath(), width, line)
				}
			}
		}
	}
}
