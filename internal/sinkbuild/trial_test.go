package sinkbuild

import (
	"strings"
	"testing"
)

// TestShow checks that shown text can be pasted into a request and is safe on a terminal.
func TestShow(t *testing.T) {
	var out strings.Builder
	show(&out, "{\"a\":\"x\\\"y\\\\z\\n\"}\nred \x1b[31m\n\n")
	if got, want := out.String(), "{\"a\":\"x\\\"y\\\\z\\n\"}\nred \\x1b[31m\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
