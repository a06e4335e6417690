package app

import (
	"io"

	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// ResolveFormat turns auto into text on a terminal and JSON elsewhere.
func ResolveFormat(f Format, out io.Writer) Format {
	switch {
	case f != FormatAuto:
		return f
	case IsTerminal(out):
		return FormatText
	}
	return FormatJSON
}

// formOf is how a command writes events in a format.
func formOf(f Format, out io.Writer) stdout.Append {
	if ResolveFormat(f, out) == FormatText {
		return textForm(wantsColor(out))
	}
	return stdout.JSON
}
