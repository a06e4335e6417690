// Package terminal lets tests check what people see on a terminal.
package terminal

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/golden"
)

// escapes matches the escape sequences for colours and links.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m|\x1b\\]8;;[^\x1b]*\x1b\\\\")

// Check compares the output on terminals of 60, 80 and 120 columns with the files
// NAME-WIDTH.txt in a folder, and fails the test if a line does not fit.
func Check(t *testing.T, folder, name string, show func(cliutil.Streams) error) {
	t.Helper()
	t.Setenv("TZ", "UTC")
	for variable, value := range map[string]string{
		"TERM": "xterm-256color", "NO_COLOR": "", "TERM_PROGRAM": "WezTerm", "TMUX": "", "STY": "",
	} {
		t.Setenv(variable, value)
	}
	for _, width := range []uint16{60, 80, 120} {
		t.Run(fmt.Sprintf("%s-%d", name, width), func(t *testing.T) {
			got := Record(t, width, show)
			for line := range strings.Lines(escapes.ReplaceAllString(got, "")) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > int(width) {
					t.Errorf("%d columns: %s", n, line)
				}
			}
			golden.Check(t, fmt.Sprintf("%s/%s-%d.txt", folder, name, width), got)
		})
	}
}

// Record returns what is written to a terminal of the given width.
func Record(t *testing.T, width uint16, show func(cliutil.Streams) error) string {
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
		text, _ := io.ReadAll(screen) // fails when the terminal is closed
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
