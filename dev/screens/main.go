// Command screens draws the pictures in docs/images: of a terminal, as recorded by the tests
// of the command line, of the demo's messages in a chat, as the Slack sink writes them, and
// of the demo's live board in Chromium.
//
//	go test ./cmd/kojiwatch -run TestScreens -update
//	TZ=UTC go run ./dev/screens
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// images returns the pictures by their names in docs/images.
func images(root string) (map[string]string, error) {
	demo, err := terminal(root, "kojiwatch demo", "demo-80.txt", 36)
	if err != nil {
		return nil, err
	}
	chat, err := chat()
	if err != nil {
		return nil, err
	}
	return map[string]string{"demo.svg": demo, "chat.svg": chat}, nil
}

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}

// write writes the pictures to a checkout.
func write(root string) error {
	all, err := images(root)
	if err != nil {
		return err
	}
	for name, svg := range all {
		if err := os.WriteFile(filepath.Join(root, "docs", "images", name), []byte(svg), 0o644); err != nil {
			return err
		}
	}
	return boards(filepath.Join(root, "docs", "images"))
}

// terminal draws the first lines of a recorded screen.
func terminal(root, title, screen string, first int) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "cmd", "kojiwatch", "testdata", "screens", screen))
	if err != nil {
		return "", err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	return drawing(title, lines[:min(first, len(lines))]), nil
}
