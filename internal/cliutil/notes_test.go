package cliutil

import (
	"bytes"
	"os"
	"testing"
)

// TestNotes checks that after Hush writes succeed but write nothing.
func TestNotes(t *testing.T) {
	var out bytes.Buffer
	n := &Notes{To: &out}
	for _, text := range []string{"a", "b"} {
		if written, err := n.Write([]byte(text)); written != 1 || err != nil {
			t.Errorf("%s: %d, %v", text, written, err)
		}
		n.Hush()
	}
	if out.String() != "a" {
		t.Errorf("%q", out.String())
	}
	if IsTerminal(n) {
		t.Error("a buffer is taken for a terminal")
	}
	if f, ok := fileOf(&Notes{To: os.Stderr}); !ok || f != os.Stderr {
		t.Error("it is not known which file notes go to")
	}
}
