package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeptQueueIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	name := KeptQueue("fedora")
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
		t.Errorf("%q is no UUID of version 4", first)
	}
}

func TestKeptQueueRefusesWhatIsNoUUID(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "fedora.queue")
	if err := os.WriteFile(path, []byte("kojiwatch\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := KeptQueue("fedora")(dir)
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names the file", err)
	}
}
