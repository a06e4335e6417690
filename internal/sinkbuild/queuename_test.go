package sinkbuild

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeptQueueIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	name := KeptQueue("fedora", io.Discard)
	first, err := name(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := name(dir); err != nil || again != first {
		t.Errorf("then it is %q, %v, and was %q", again, err, first)
	}
	if other, err := name(t.TempDir()); err != nil || other == first {
		t.Errorf("another folder has the same: %q, %v", other, err)
	}
	if first[14] != '4' || !strings.ContainsRune("89ab", rune(first[19])) {
		t.Errorf("%q is not a UUID of version 4", first)
	}
}

func TestKeptQueueRefusesOtherNames(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "fedora.queue")
	if err := os.WriteFile(path, []byte("kojiwatch\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := KeptQueue("fedora", io.Discard)(dir)
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

// TestKeptQueueAfterCrash checks that a file that a crash has left empty is replaced.
func TestKeptQueueAfterCrash(t *testing.T) {
	for name, left := range map[string]string{"empty": "", "no data": strings.Repeat("\x00", 37)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "fedora.queue")
			if err := os.WriteFile(path, []byte(left), 0o600); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			first, err := KeptQueue("fedora", &log)(dir)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(log.String(), path+" is empty") {
				t.Errorf("the log has %q", log.String())
			}
			if again, err := KeptQueue("fedora", io.Discard)(dir); err != nil || again != first {
				t.Errorf("then it is %q, %v, and was %q", again, err, first)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
				t.Errorf("the folder has %v, %v", left, err)
			}
		})
	}
}
