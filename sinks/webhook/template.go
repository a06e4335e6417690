package webhook

import (
	"strings"
	"unicode"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/render"
)

// Template returns the form that a template makes of one event.
func Template(t *render.Template, contentType string) Form {
	return func(events []*event.Event) (Message, error) {
		body, err := t.Render(events[0])
		return Message{ContentType: contentType, Body: body}, err
	}
}

// maxHeader bounds the value of a header that a template makes, in bytes.
const maxHeader = 1 << 10

// headerLine is a text that can stand in a header and end it nowhere but at its
// own end: control characters, line ends among them, are spaces.
func headerLine(text []byte) string {
	line := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(text[:min(len(text), maxHeader)]), ""))
	return strings.TrimSpace(line)
}
