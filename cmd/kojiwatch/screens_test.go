package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/demo"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// escapes are the codes that a terminal does not show: colours and links.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m|\x1b\\]8;;[^\x1b]*\x1b\\\\")

// TestScreens: on terminals of 60, 80 and 120 columns what people read fits. `go run
// ./dev/screens` makes pictures of what is recorded here.
func TestScreens(t *testing.T) {
	t.Setenv("TZ", "UTC")
	for variable, value := range map[string]string{
		"TERM": "xterm-256color", "NO_COLOR": "", "TERM_PROGRAM": "WezTerm", "TMUX": "", "STY": "",
	} {
		t.Setenv(variable, value)
	}
	for name, show := range screens(t) {
		for _, width := range []uint16{60, 80, 120} {
			t.Run(fmt.Sprintf("%s-%d", name, width), func(t *testing.T) {
				got := onTerminal(t, width, show)
				for line := range strings.Lines(escapes.ReplaceAllString(got, "")) {
					if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > int(width) {
						t.Errorf("%d columns: %s", n, line)
					}
				}
				golden(t, filepath.Join("..", "screens", fmt.Sprintf("%s-%d.txt", name, width)), got)
			})
		}
	}
}

// screens are what people see of kojiwatch, by name.
func screens(t *testing.T) map[string]func(streams cliutil.Streams) error {
	t.Helper()
	d := etaPast()
	running(&d, 5*time.Minute, arch("x86_64", 3*time.Minute, 0), arch("s390x", 0, 0))
	hub := hubtest.Start(t, hubtest.Options{Data: d, Clock: func() time.Time { return etaNow }})
	return map[string]func(cliutil.Streams) error{
		"demo": func(streams cliutil.Streams) error {
			return demo.Play(t.Context(), streams, demo.Options{Format: cliutil.FormatAuto})
		},
		"eta": func(streams cliutil.Streams) error {
			opts := EtaOptions{Name: "1", Now: func() time.Time { return etaNow }}
			opts.URL, opts.Timeout = hub.URL, time.Minute
			return Eta(t.Context(), streams, opts)
		},
		"check": func(streams cliutil.Streams) error {
			return executed(t, streams, "check", "testdata/screens/kojiwatch.yaml")
		},
	}
}

func executed(t *testing.T, streams cliutil.Streams, args ...string) error {
	t.Helper()
	cmd := rootCommand(streams)
	cmd.SetArgs(args)
	return cmd.ExecuteContext(t.Context())
}

// onTerminal returns what is written to a terminal that is so wide.
func onTerminal(t *testing.T, width uint16, show func(cliutil.Streams) error) string {
	t.Helper()
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = screen.Close() }()
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 50, Cols: width}); err != nil {
		t.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(screen) // ends with an error where the terminal is closed
		shown <- string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	}()
	err = show(cliutil.Streams{In: terminal, Out: terminal, Err: io.Discard})
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	text := <-shown
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestHelpFits: the help of every command fits a terminal, but for examples to copy.
func TestHelpFits(t *testing.T) {
	commands := []*cobra.Command{rootCommand(cliutil.Streams{})}
	for len(commands) > 0 {
		cmd := commands[0]
		commands = append(commands[1:], cmd.Commands()...)
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		for _, width := range []uint16{60, 80, 120} {
			text := onTerminal(t, width, func(streams cliutil.Streams) error { return executed(t, streams, args...) })
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
