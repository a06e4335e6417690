package webhook

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/render"
)

// Template returns a form that renders one event with a template.
func Template(t *render.Template, contentType string) Form {
	return func(events []*event.Event) (Message, error) {
		body, err := t.Render(events[0])
		return Message{ContentType: contentType, Body: body}, err
	}
}
