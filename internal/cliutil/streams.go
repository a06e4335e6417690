// Package cliutil has what all commands share: streams, the log, the version.
package cliutil

import (
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/term"

	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// Streams are the standard streams of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Notes is a standard error to which a command writes what it says besides its errors:
// warnings and how it is going on.
type Notes struct {
	To    io.Writer
	quiet atomic.Bool
}

// Hush has the rest go nowhere.
func (n *Notes) Hush() { n.quiet.Store(true) }

// Write implements io.Writer.
func (n *Notes) Write(p []byte) (int, error) {
	if n.quiet.Load() {
		return len(p), nil
	}
	return n.To.Write(p)
}

// fileOf returns the file that a stream is, or that it writes to.
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

// TerminalWidth returns the width of a terminal in characters; 0 if it is not known.
func TerminalWidth(stream any) int {
	width, _ := TerminalSize(stream)
	return width
}

// TerminalSize returns the width and the height of a terminal in characters; 0 if they
// are not known.
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

// WantsColor reports whether colour is welcome on w: it is a terminal that can
// show it, and the user has not asked for none (https://no-color.org).
func WantsColor(w io.Writer) bool {
	return IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// ShowsLinks reports whether w is a terminal that is known to show hyperlinks (OSC 8).
// No terminal can be asked, so it goes by the variables that they set. A multiplexer
// in between may show the codes as text.
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

// Visible returns text with what is invisible or harmful in it made visible.
func Visible(text string) string { return string(format.AppendVisible(nil, text)) }
