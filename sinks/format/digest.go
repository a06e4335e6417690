package format

import (
	"fmt"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
)

// Bounds of a message for people, small enough for every target: Discord allows 2,000
// characters.
const (
	// MaxShown bounds how many events are shown; the others are counted.
	MaxShown   = 8
	maxText    = 200  // characters of one line's sentence
	maxMessage = 1800 // bytes of all lines
)

// Line describes one event in a message for people.
type Line struct {
	Text string // one plain sentence, not escaped
	Link string // an http or https address, or empty
	Bad  bool   // something failed
}

// Digest holds a message for people about one event or more.
type Digest struct {
	Lines []Line
	More  int // events that are only counted
}

// DigestOf returns a digest that shows the first events and counts the others.
func DigestOf(events []*event.Event) Digest {
	shown := events[:min(len(events), MaxShown)]
	d := Digest{More: len(events) - len(shown)}
	for _, e := range shown {
		text := e.Summary
		if text == "" {
			text = string(e.Type) + " " + e.Topic
		}
		d.Lines = append(d.Lines, Line{
			Text: Truncate(Plain(text), maxText), Link: Link(e.URL), Bad: isBad(e),
		})
	}
	return d
}

// isBad reports whether something failed, or something is wrong with the build system.
func isBad(e *event.Event) bool {
	return e.New == "FAILED" || e.Alert != nil && e.Alert.State == event.AlertFiring
}

// Text returns the lines in the markup of a target, with a last line that counts the
// events not shown.
func (d *Digest) Text(escape func(string) string, link func(text, address string) string) string {
	more := d.More
	var all []string
	size := 0
	for i, l := range d.Lines {
		line := escape(l.Text)
		if l.Link != "" {
			line = link(line, l.Link)
		}
		if l.Bad {
			line = "❌ " + line
		}
		if size += len(line); size > maxMessage && i > 0 {
			more += len(d.Lines) - i
			break
		}
		all = append(all, line)
	}
	if more > 0 {
		all = append(all, More(more))
	}
	return strings.Join(all, "\n")
}

// More returns the line about n events that a message does not show.
func More(n int) string { return fmt.Sprintf("and %d more like this", n) }
