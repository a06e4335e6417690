// Command gen generates all code and documents that list the members of an event's JSON:
// the writer, the reader, the view of filters, the example, the JSON Schema and the tables
// of docs/events.md. Its input is the tagged structs of event.go, campaign.go, alert.go and of internal/schema.
// "go generate ./event" runs it; a test fails if a generated file is out of date.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen ROOT-OF-THE-MODULE")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	files, err := generate(os.DirFS(root))
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the generated files by their paths in the module.
func generate(module fs.FS) (map[string][]byte, error) {
	m, err := load(module)
	if err != nil {
		return nil, err
	}
	tables, err := fs.ReadFile(module, docPath)
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for name, make := range map[string]func() ([]byte, error){
		"event/json_gen.go":        m.writerCode,
		"event/read_gen.go":        m.readerCode,
		"sinks/filter/view_gen.go": m.viewCode,
		"event/example.json":       m.example,
		"docs/event.schema.json":   m.jsonSchema,
		docPath:                    func() ([]byte, error) { return m.documented(tables) },
	} {
		if files[name], err = make(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}
