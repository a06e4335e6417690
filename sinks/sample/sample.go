// Package sample provides an event of every type, made from a real hub's messages. They
// are used to check templates and to test sinks.
package sample

import (
	"bytes"
	"fmt"

	_ "embed"

	"github.com/kojiwatch/kojiwatch/event"
)

//go:generate go test -run TestGallery . -update

//go:embed samples.jsonl
var lines []byte

// Events returns a new event of every type, in the order of [event.Types].
func Events() ([]*event.Event, error) {
	var list []*event.Event
	for line := range bytes.Lines(lines) {
		e := new(event.Event)
		if err := e.UnmarshalJSON(line); err != nil {
			return nil, fmt.Errorf("sample %d: %w", len(list)+1, err)
		}
		list = append(list, e)
	}
	return list, nil
}
