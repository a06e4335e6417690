// Package golden compares the results of tests with golden files. Only tests import it.
package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Check fails the test unless got equals the content of the file. With -update it writes the
// file first.
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
	wholeLines = 40 // the number of lines up to which both texts are shown completely
	shownLines = 10 // the number of different lines shown of longer texts
)

// differences returns both texts if they are short, or else the first lines that differ.
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
