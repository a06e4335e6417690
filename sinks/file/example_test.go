package file_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/file"
)

func Example() {
	dir, err := os.MkdirTemp("", "events")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "events.jsonl")
	s := file.New(file.Config{Path: path, Sync: file.SyncAlways})
	defer func() { _ = s.Close() }()
	if err := s.Send(context.Background(), []*event.Event{{ID: "1"}, {ID: "2"}}); err != nil {
		fmt.Println(err)
		return
	}
	text, err := os.ReadFile(path)
	fmt.Println(bytes.Count(text, []byte("\n")), "lines", err)
	// Output: 2 lines <nil>
}
