package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheDocumentShowsTheExample: what docs/delivery.md shows of the receivers is
// what they are.
func TestTheDocumentShowsTheExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/delivery.md")
	if err != nil {
		t.Fatal(err)
	}
	for language, file := range map[string]string{"go": "verify.go", "python": "receiver.py"} {
		program, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		blocks := regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(page, -1)
		if len(blocks) == 0 {
			t.Errorf("the document shows nothing in %s", language)
		}
		for _, block := range blocks {
			if !strings.Contains(string(program), string(block[1])) {
				t.Errorf("%s is not like this:\n%s", file, block[1])
			}
		}
	}
}
