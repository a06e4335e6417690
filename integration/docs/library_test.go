//go:build integration

package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLibraryExamples checks that the examples in docs/library.md exist. The tests of their
// packages run them.
func TestLibraryExamples(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "library.md"))
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`\[(Example\w*)\]\((\S+_test\.go)\)`).FindAllStringSubmatch(string(page), -1)
	if len(links) < 10 {
		t.Fatalf("the page names %d examples", len(links))
	}
	for _, link := range links {
		code, err := os.ReadFile(filepath.Join(root, "docs", link[2]))
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(code), "\nfunc "+link[1]+"() {") {
			t.Errorf("%s has no %s", link[2], link[1])
		}
	}
}
