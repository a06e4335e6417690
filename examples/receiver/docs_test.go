package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheDocumentShowsTheExample checks that the code in docs/delivery.md is the code
// of the receivers.
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
			t.Errorf("the page has no block of %s", language)
		}
		for _, block := range blocks {
			if !strings.Contains(string(program), string(block[1])) {
				t.Errorf("%s does not contain:\n%s", file, block[1])
			}
		}
	}
}
