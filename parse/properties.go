package parse

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
	"github.com/kojiwatch/kojiwatch/koji"
)

// HeaderOrigin is the header of a message that kojiwatch has published. Its value is
// [event.Reconciled] if the message has Koji's format and was made from data of the hub; then
// the header "sent-at" has the time of the change. It is [Own] for a message about what
// kojiwatch itself has found.
const HeaderOrigin = "x-kojiwatch-origin"

// properties has the relevant headers of a message.
type properties struct {
	typ    event.Type // Koji's name of the event; "" if the headers have none
	fedora bool       // the headers are those of Fedora Messaging
	sentAt time.Time  // when the message was sent, if the headers have that
	origin string     // see HeaderOrigin
	// section is the encoded AMQP 1.0 application properties; nil if these are
	// ordinary headers.
	section []byte
	headers map[string]any
}

// properties reads the headers: one encoded section from RabbitMQ 3.x,
// ordinary headers from RabbitMQ 4.x and from bridges.
func (r *reader) properties(headers map[string]any) (properties, error) {
	p := properties{headers: headers}
	if section, ok := headers["x-amqp-1.0-app-properties"]; ok && r.takeSection(section) {
		p.section = r.section
		name, err := appProperty(p.section, "type")
		if err != nil {
			return p, fmt.Errorf("header x-amqp-1.0-app-properties: %w", err)
		}
		p.typ, _ = namedType(name.text)
		return p, nil
	}
	if name, ok := headers["type"].(string); ok {
		p.typ, _ = namedType(name)
	}
	_, p.fedora = headers["fedora_messaging_schema"]
	if sent, ok := headers["sent-at"].(string); ok {
		p.sentAt, _ = koji.ParseTime(sent)
	}
	if headers[HeaderOrigin] == event.Reconciled {
		p.origin = event.Reconciled
	}
	return p, nil
}

// takeSection copies a header that contains bytes, which a broker may send as a long string
// or as a byte array.
func (r *reader) takeSection(v any) bool {
	switch v := v.(type) {
	case string:
		r.section = append(r.section[:0], v...)
	case []byte:
		r.section = append(r.section[:0], v...)
	default:
		return false
	}
	return true
}

// text sets a text that is still empty.
func (p *properties) text(dst *string, name string) {
	if *dst == "" {
		*dst = p.lookup(name).Str()
	}
}

// lookup returns a property; null if it is missing. Properties repeat values in the body, so
// they are only used if the body lacks a value.
func (p *properties) lookup(name string) kojiwire.Scalar {
	if p.section == nil {
		return headerScalar(p.headers[name])
	}
	v, err := appProperty(p.section, name)
	if err != nil || v.kind > amqpText {
		return kojiwire.Null() // an unreadable property counts as missing
	}
	return v.scalar
}

func headerScalar(v any) kojiwire.Scalar {
	switch v := v.(type) {
	case string: // STOMP bridges send everything as text
		return kojiwire.Text([]byte(v))
	case int64:
		return kojiwire.Int(v)
	case int32:
		return kojiwire.Int(int64(v))
	case int:
		return kojiwire.Int(int64(v))
	case float64:
		return kojiwire.Float(v)
	}
	return kojiwire.Null()
}
