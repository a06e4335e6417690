package webhook

import (
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
