package terminal

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Tmux is a terminal multiplexer that shows one program, by a server of its own.
type Tmux struct{ socket string }

// StartTmux runs a command for a shell in a window of tmux, which stays when the command
// has ended. Variables are NAME=value, in addition to the environment of the tests.
func StartTmux(t testing.TB, columns, rows int, command string, variables ...string) *Tmux {
	t.Helper()
	dir, err := os.MkdirTemp("", "tmux") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	m := &Tmux{filepath.Join(dir, "socket")}
	t.Cleanup(func() {
		_, _ = m.run(context.WithoutCancel(t.Context()), "kill-server") // it fails if there is none
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	words := []string{"-f", os.DevNull, "-u", "new-session", "-d", "-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows)}
	for _, v := range variables {
		words = append(words, "-e", v)
	}
	m.do(t, append(words, command+"; cat", ";", "set", "-g", "status", "off", ";", "set", "-g", "window-size", "manual")...)
	return m
}

// run has tmux do something.
func (m *Tmux) run(ctx context.Context, words ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "tmux", append([]string{"-S", m.socket}, words...)...).CombinedOutput()
	return string(out), err
}

func (m *Tmux) do(t testing.TB, words ...string) string {
	t.Helper()
	out, err := m.run(t.Context(), words...)
	if err != nil {
		t.Fatalf("tmux %s: %v\n%s", strings.Join(words, " "), err, out)
	}
	return out
}

// Resize makes the window another size.
func (m *Tmux) Resize(t testing.TB, columns, rows int) {
	t.Helper()
	m.do(t, "resize-window", "-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows))
}

// Screen returns the lines that the window shows, without those that are empty at its end.
func (m *Tmux) Screen(t testing.TB) []string {
	t.Helper()
	return strings.Split(strings.TrimRight(m.do(t, "capture-pane", "-p"), "\n"), "\n")
}

// Colored returns what the window shows, with the codes for colours.
func (m *Tmux) Colored(t testing.TB) string {
	t.Helper()
	return m.do(t, "capture-pane", "-p", "-e")
}
