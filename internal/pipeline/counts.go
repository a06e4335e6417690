package pipeline

import (
	"fmt"
	"io"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
)

// EventCounts counts events and deliveries that could not be parsed.
type EventCounts struct {
	Events int
	Bad    int
	types  map[event.Type]int
}

func (t *EventCounts) add(e *event.Event) {
	if t.types == nil {
		t.types = make(map[event.Type]int)
	}
	t.Events++
	t.types[e.Type]++
}

// Print writes the counts in one line, types in their usual order.
func (t *EventCounts) Print(w io.Writer) {
	var parts []string
	for _, typ := range event.Types() {
		if n := t.types[typ]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, typ))
		}
	}
	line := fmt.Sprintf("%d events", t.Events)
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	if t.Bad > 0 {
		line += fmt.Sprintf("; %d deliveries could not be parsed", t.Bad)
	}
	_, _ = fmt.Fprintln(w, line)
}
