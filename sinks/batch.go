package sinks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
)

// IDOf returns the id of a message about events: the id of a single event, or a
// hash of the ids of several. The same events always give the same id.
func IDOf(events []*event.Event) string {
	if len(events) == 1 {
		return events[0].ID
	}
	h := sha256.New()
	for _, e := range events {
		_, _ = fmt.Fprintln(h, e.ID)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
