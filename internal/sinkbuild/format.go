package sinkbuild

import (
	"io"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// ResolveFormat resolves FormatAuto to text on a terminal and to JSON otherwise.
func ResolveFormat(f cliutil.Format, out io.Writer) cliutil.Format {
	switch {
	case f != cliutil.FormatAuto:
		return f
	case cliutil.IsTerminal(out):
		return cliutil.FormatText
	}
	return cliutil.FormatJSON
}

// FormOf returns the function with which a command formats events.
func FormOf(f cliutil.Format, out io.Writer) stdout.Append {
	if ResolveFormat(f, out) == cliutil.FormatText {
		return textForm(cliutil.WantsColor(out), out)
	}
	return stdout.JSON
}
