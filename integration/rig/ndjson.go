package rig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// ReadNDJSON decodes a file with one JSON value per line. It ignores an incomplete last
// line, which may still be being written.
func ReadNDJSON[T any](path string) ([]T, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var values []T
	for n := 1; ; n++ {
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		if !ended {
			return values, nil
		}
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		values = append(values, v)
		text = rest
	}
}

// Output decodes what a process has written to its standard output so far, one JSON
// value per line.
func Output[T any](t testing.TB, p *Process) []T {
	t.Helper()
	values, err := ReadNDJSON[T](p.Stdout())
	if err != nil {
		t.Fatalf("rig: %v", err)
	}
	return values
}
