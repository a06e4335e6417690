// Package cliutil has code shared by all commands: streams, the log, the version.
package cliutil

import (
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rs/zerolog"
	"golang.org/x/term"

	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// Streams are the standard streams of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Notes is a standard error stream for a command's warnings and progress, which can be turned
// off.
type Notes struct {
	To      io.Writer
	quiet   atomic.Bool
	verbose atomic.Bool
}

// Hush discards everything written from now on, and limits logs to errors.
func (n *Notes) Hush() { n.quiet.Store(true) }

// Amplify makes logs include debug messages.
func (n *Notes) Amplify() { n.verbose.Store(true) }

// IsVerbose reports whether a standard error stream was amplified.
func IsVerbose(w io.Writer) bool {
	n, ok := w.(*Notes)
	return ok && n.verbose.Load()
}

// Write implements io.Writer.
func (n *Notes) Write(p []byte) (int, error) {
	if n.quiet.Load() {
		return len(p), nil
	}
	return n.To.Write(p)
}

// level returns the level of a log that is written to the same stream.
func (n *Notes) level(configured zerolog.Level) zerolog.Level {
	switch {
	case n.quiet.Load():
		return max(configured, zerolog.ErrorLevel)
	case n.verbose.Load():
		return min(configured, zerolog.DebugLevel)
	}
	return configured
}

// fileOf returns the file behind a stream.
func fileOf(stream any) (*os.File, bool) {
	if n, ok := stream.(*Notes); ok {
		stream = n.To
	}
	f, ok := stream.(*os.File)
	return f, ok
}

// Format is a format of events in a command's output.
type Format string

// The formats.
const (
	FormatAuto Format = "auto" // text on a terminal, else JSON
	FormatText Format = "text"
	FormatJSON Format = "json"
)

// Formats returns every format.
func Formats() []Format { return []Format{FormatAuto, FormatText, FormatJSON} }

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := fileOf(stream)
	return ok && term.IsTerminal(int(f.Fd()))
}

// TerminalWidth returns the width of a terminal in characters, 0 if it is unknown.
func TerminalWidth(stream any) int {
	width, _ := TerminalSize(stream)
	return width
}

// TerminalSize returns the width and height of a terminal in characters, 0 if they are
// unknown.
func TerminalSize(stream any) (width, height int) {
	f, ok := fileOf(stream)
	if !ok {
		return 0, 0
	}
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// WantsColor reports whether to use colour on w: it is a terminal that supports it, and
// NO_COLOR is not set (https://no-color.org).
func WantsColor(w io.Writer) bool {
	return IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// ShowsLinks reports whether w is a terminal that is known to support hyperlinks (OSC 8).
// Terminals cannot be queried for this, so it checks environment variables that they set. It
// returns false within a multiplexer, which may show the codes as text.
func ShowsLinks(w io.Writer) bool {
	if !WantsColor(w) {
		return false
	}
	return showsLinks(os.Getenv)
}

func showsLinks(getenv func(string) string) bool {
	name := getenv("TERM")
	if strings.HasPrefix(name, "screen") || strings.HasPrefix(name, "tmux") {
		return false
	}
	if vte, err := strconv.Atoi(getenv("VTE_VERSION")); err == nil && vte >= 5000 {
		return true
	}
	switch getenv("TERM_PROGRAM") {
	case "iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio":
		return true
	}
	switch name {
	case "xterm-kitty", "alacritty", "foot", "foot-extra", "xterm-ghostty", "wezterm", "contour":
		return true
	}
	return getenv("KONSOLE_VERSION") != "" || getenv("WT_SESSION") != ""
}

// Visible returns text with invisible and harmful characters escaped.
func Visible(text string) string { return string(format.AppendVisible(nil, text)) }
