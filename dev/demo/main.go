// Command demo writes the recordings for `kojiwatch demo`: an hour of a simulated build system
// in the message format of Koji's protonmsg plugin on RabbitMQ 4, and the builds of the days
// before, from which the demo estimates.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		_, _ = fmt.Fprintln(os.Stderr, "usage: demo FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

// write writes history.jsonl.gz and story.jsonl.gz to a folder.
func write(dir string) error {
	for name, make := range map[string]func() *stage{"history.jsonl.gz": history, "story.jsonl.gz": story} {
		lines, err := make().lines()
		if err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(lines); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), packed.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
