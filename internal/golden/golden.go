// Package golden compares what a test got with files that hold what is right. Tests import
// it and nothing else does.
package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Check fails the test unless got is what the file holds. With -update it writes the file
// first.
func Check(tb testing.TB, file, got string) {
	tb.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if got != string(want) {
		tb.Errorf("%s differs (run with -update if that is right):\n%s", file, differences(got, string(want)))
	}
}

const (
	wholeLines = 40 // a text of so many lines is shown as a whole
	shownLines = 10 // of a longer one, so many lines that differ
)

// differences shows a short text as a whole, and of a long one the lines that differ.
func differences(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) <= wholeLines && len(w) <= wholeLines {
		return "got:\n" + got + "\nwant:\n" + want
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d lines, want %d\n", len(g), len(w))
	shown := 0
	for i := 0; i < min(len(g), len(w)) && shown < shownLines; i++ {
		if g[i] != w[i] {
			fmt.Fprintf(&b, "line %d:\n got %s\nwant %s\n", i+1, g[i], w[i])
			shown++
		}
	}
	return b.String()
}
