package sinkbuild

import (
	"strings"
	"testing"
)

// TestShow: what is shown can be pasted into a request, and harms no terminal.
func TestShow(t *testing.T) {
	var out strings.Builder
	show(&out, "{\"a\":\"x\\\"y\\\\z\\n\"}\nred \x1b[31m\n\n")
	if got, want := out.String(), "{\"a\":\"x\\\"y\\\\z\\n\"}\nred \\x1b[31m\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
