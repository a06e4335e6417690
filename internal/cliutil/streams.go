// Package cliutil has what all commands share: streams, the log, the version.
package cliutil

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// Streams are the standard streams of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
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
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// TerminalWidth returns the width of a terminal in characters; 0 if it is not known.
func TerminalWidth(stream any) int {
	f, ok := stream.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// WantsColor reports whether colour is welcome on w: it is a terminal that can
// show it, and the user has not asked for none (https://no-color.org).
func WantsColor(w io.Writer) bool {
	return IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// Visible returns text with what is invisible or harmful in it made visible.
func Visible(text string) string { return string(format.AppendVisible(nil, text)) }
