package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestCurrent checks that kojiwatch's recordings are those that this program writes.
// go generate ./internal/demo updates them.
func TestCurrent(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"history.jsonl.gz", "story.jsonl.gz"} {
		want := unpack(t, filepath.Join(dir, name))
		if got := unpack(t, filepath.Join("..", "..", "internal", "demo", name)); !bytes.Equal(got, want) {
			t.Errorf("%s is out of date; run: go generate ./internal/demo", name)
		}
	}
}

func unpack(t *testing.T, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
