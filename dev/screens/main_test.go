package main

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"testing"
)

// TestCurrent: the pictures in docs/images show what kojiwatch writes now.
func TestCurrent(t *testing.T) {
	t.Setenv("TZ", "UTC")
	const root = "../.."
	all, err := images(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range all {
		got, err := os.ReadFile(filepath.Join(root, "docs", "images", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("docs/images/%s is not current; run: TZ=UTC go run ./dev/screens", name)
		}
		if err := xml.Unmarshal(got, new(struct{})); err != nil {
			t.Errorf("docs/images/%s: %v", name, err)
		}
	}
}
