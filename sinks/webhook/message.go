package webhook

import (
	"bytes"
	"net/http"

	"github.com/kojiwatch/kojiwatch/event"
)

// Message holds the contents of one request.
type Message struct {
	ContentType string
	Header      http.Header // beside the content type; may be nil
	Body        []byte
}

// Form makes the message that carries one event or more. An error is final: the
// same events would bring it about again.
type Form func(events []*event.Event) (Message, error)

// JSON carries each event as it is: one object, or an array of them where
// several may travel together.
func JSON(together bool) Form {
	return func(events []*event.Event) (Message, error) {
		return Message{ContentType: "application/json", Body: appendList(nil, events, together, (*event.Event).AppendJSON)}, nil
	}
}

// NDJSON carries events as lines of JSON.
func NDJSON(events []*event.Event) (Message, error) {
	var body []byte
	for _, e := range events {
		body = append(e.AppendJSON(body), '\n')
	}
	return Message{ContentType: "application/x-ndjson", Body: body}, nil
}

// appendList appends one event as it is, or all as an array.
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

// reader is a body that can be read again from its start, as net/http wants it.
func (m *Message) reader() *bytes.Reader { return bytes.NewReader(m.Body) }
