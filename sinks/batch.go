package sinks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
)

// IDOf is the id of a message about events: that of its event, or a hash over
// those of all. The same events have the same one.
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
