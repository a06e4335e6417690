// Package sample has an event of every type, as messages of a real hub make
// them, for what has to work before the first message comes: templates that are
// checked, sinks that are tried.
package sample

import (
	"bytes"
	"fmt"

	_ "embed"

	"github.com/kojiwatch/kojiwatch/event"
)

//go:embed samples.jsonl
var lines []byte

// Events returns a fresh event of every type, in the order of [event.Types].
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
