// Package docs tests README.md, the other pages in its folder and those in docs: it runs every
// fenced command as it is printed, reads every fenced piece of configuration, and follows every
// link.
package docs

import (
	"regexp"
	"strings"
	"testing"
)

// fence is a fenced block of a page.
type fence struct {
	page     string // README.md, docs/sinks.md
	line     int    // the first line of its text
	language string
	text     string
}

// fences returns all fenced blocks of the pages.
func fences(t *testing.T) []fence {
	t.Helper()
	var all []fence
	for _, page := range pages(t) {
		all = append(all, fencesOf(t, page, read(t, page))...)
	}
	return all
}

func fencesOf(t *testing.T, page, text string) []fence {
	t.Helper()
	var all []fence
	var open *fence
	n := 0
	for line := range strings.Lines(text) {
		n++
		mark, isMark := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isMark && open == nil:
			open = &fence{page: page, line: n + 1, language: mark}
		case isMark:
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += line
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block is not closed", page, open.line)
	}
	return all
}

// command is a command of a block, without a trailing comment.
type command struct {
	page string
	line int
	text string
}

// continued matches the end of a line whose command continues on the next line.
var continued = regexp.MustCompile(`\\\n\s*`)

// trailing matches a comment after a command.
var trailing = regexp.MustCompile(`\s+# .*$`)

// commands returns the commands of a block of shell.
func (f fence) commands() []command {
	var all []command
	n := f.line
	for line := range strings.Lines(continued.ReplaceAllString(f.text, "")) {
		text := strings.TrimSpace(trailing.ReplaceAllString(strings.TrimRight(line, "\n"), ""))
		if text != "" && !strings.HasPrefix(text, "#") {
			all = append(all, command{f.page, n, text})
		}
		n++
	}
	return all
}

// TestLanguages checks that every fenced block is tested.
func TestLanguages(t *testing.T) {
	heldBy := map[string]string{
		"":       "what a command prints, a drawing, or a list of names",
		"sh":     "TestCommands",
		"yaml":   "TestYAML and TestCommands",
		"json":   "TestJSON",
		"gotmpl": "TestTemplates",
		"ini":    "dev/packaging/systemd-test, which has the same drop-in",
		"promql": "TestCommands",
		"go":     "examples/receiver",
		"python": "examples/receiver",
	}
	for _, f := range fences(t) {
		if heldBy[f.language] == "" {
			t.Errorf("%s:%d: no test checks blocks of %q", f.page, f.line, f.language)
		}
		if f.language == "" && regexp.MustCompile(`(?m)^(sudo|kojiwatch|curl|echo|docker|go|make|systemctl) [a-z"./$-]`).MatchString(f.text) {
			t.Errorf("%s:%d: put commands into a block of sh, so that they are run", f.page, f.line)
		}
	}
}
