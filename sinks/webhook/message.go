package webhook

import (
	"bytes"
	"net/http"

	"github.com/kojiwatch/kojiwatch/event"
)

// Message holds the contents of one request.
type Message struct {
	ContentType string
	Header      http.Header // without the content type; may be nil
	Body        []byte
}

// Form makes the message about one or more events. An error is permanent, except
// [render.ErrSlow].
type Form func(events []*event.Event) (Message, error)

// JSON returns the form of an event's JSON: one object, or an array if together is true.
func JSON(together bool) Form {
	return func(events []*event.Event) (Message, error) {
		return Message{ContentType: "application/json", Body: appendList(nil, events, together, (*event.Event).AppendJSON)}, nil
	}
}

// NDJSON makes a message with one line of JSON per event.
func NDJSON(events []*event.Event) (Message, error) {
	var body []byte
	for _, e := range events {
		body = append(e.AppendJSON(body), '\n')
	}
	return Message{ContentType: "application/x-ndjson", Body: body}, nil
}

// appendList appends the only event, or all events as an array if together is true.
func appendList(dst []byte, events []*event.Event, together bool, add func(*event.Event, []byte) []byte) []byte {
	if !together {
		return add(events[0], dst)
	}
	dst = append(dst, '[')
	for i, e := range events {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = add(e, dst)
	}
	return append(dst, ']')
}

// reader returns the body as a reader of a type that net/http can rewind.
func (m *Message) reader() *bytes.Reader { return bytes.NewReader(m.Body) }
