// Package docs holds README.md, the other pages beside it and those in docs to the
// program: every fenced command is run as it is printed, every fenced piece of
// configuration is read, and every link leads somewhere.
package docs

import (
	"regexp"
	"strings"
	"testing"
)

// fence is a fenced block of a page.
type fence struct {
	page     string // README.md, docs/sinks.md
	line     int    // of its text
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
		t.Fatalf("%s:%d: the block does not end", page, open.line)
	}
	return all
}

// command is a command of a block, without the comment behind it.
type command struct {
	page string
	line int
	text string
}

// continued is the end of a line whose command goes on in the next.
var continued = regexp.MustCompile(`\\\n\s*`)

// trailing is a comment behind a command.
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

// TestLanguages: there is no fenced block that no test looks at.
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
			t.Errorf("%s:%d: no test knows what to do with %q", f.page, f.line, f.language)
		}
		if f.language == "" && regexp.MustCompile(`(?m)^(sudo|kojiwatch|curl|echo|docker|go|make|systemctl) [a-z"./$-]`).MatchString(f.text) {
			t.Errorf("%s:%d: commands belong into a block of sh, so that they are run", f.page, f.line)
		}
	}
}
