package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// root is the path of the checkout from this package.
const root = "../.."

// pages returns the names of the pages: README.md, the others in its folder, then those in
// docs and its folders.
func pages(t *testing.T) []string {
	t.Helper()
	beside, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	readme := filepath.Join(root, "README.md")
	paths := append([]string{readme}, slices.DeleteFunc(beside, func(path string) bool { return path == readme })...)
	err = filepath.WalkDir(filepath.Join(root, "docs"), func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		if paths[i], err = filepath.Rel(root, path); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

func read(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
