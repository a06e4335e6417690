package main

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"testing"
)

// TestCurrent checks that the pictures in docs/images show kojiwatch's current output.
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
			t.Errorf("docs/images/%s is out of date; run: TZ=UTC go run ./dev/screens", name)
		}
		if err := xml.Unmarshal(got, new(struct{})); err != nil {
			t.Errorf("docs/images/%s: %v", name, err)
		}
	}
}
