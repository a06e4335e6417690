package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// help writes cobra's help, wrapped to the width of the terminal.
func help(streams cliutil.Streams) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, _ []string) {
		text := cmd.Long
		if text == "" {
			text = cmd.Short
		}
		width := cliutil.TerminalWidth(streams.Out)
		if width > 0 {
			text = reflowed(text)
		}
		text = strings.TrimSpace(text) + "\n\n" + cmd.UsageString()
		_, _ = io.WriteString(streams.Out, cliutil.WrapLines(text, width))
	}
}

// reflowed joins the lines of each paragraph, except indented ones.
func reflowed(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		if !strings.Contains("\n"+p, "\n ") {
			paragraphs[i] = strings.ReplaceAll(p, "\n", " ")
		}
	}
	return strings.Join(paragraphs, "\n\n")
}
