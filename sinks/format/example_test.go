package format_test

import (
	"os"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

func ExampleText() {
	text := format.Text{Location: time.UTC}
	_, _ = os.Stdout.Write(text.AppendLine(nil, &event.Event{
		Type: event.TaskStateChange, New: "FAILED", Summary: "alice's zsh build failed",
		ReceivedAt: time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC),
	}))
	// Output: 07:31:00 FAILED   alice's zsh build failed
}
