package parse

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// properties is what parsing needs of a message's headers.
type properties struct {
	typ    event.Type // what Koji calls the event; "" where the headers name none of Koji's
	fedora bool       // the headers are those of Fedora Messaging
	sentAt time.Time  // when the sender sent it, where it says so
	// section holds the encoded AMQP 1.0 application properties, nil where
	// they came as headers of their own.
	section []byte
	headers map[string]any
}

// readProperties reads the headers: one encoded section from RabbitMQ 3.x,
// ordinary headers from RabbitMQ 4.x and from bridges.
func readProperties(d *Delivery) (properties, error) {
	p := properties{headers: d.Headers}
	section, ok := headerBytes(d.Headers["x-amqp-1.0-app-properties"])
	if ok {
		p.section = section
		err := eachAppProperty(section, func(name []byte, v amqpValue) {
			if string(name) == "type" {
				p.typ, _ = namedType(v.text)
			}
		})
		if err != nil {
			return p, fmt.Errorf("header x-amqp-1.0-app-properties: %w", err)
		}
		return p, nil
	}
	if name, ok := d.Headers["type"].(string); ok {
		p.typ, _ = namedType(name)
	}
	_, p.fedora = d.Headers["fedora_messaging_schema"]
	if sent, ok := d.Headers["sent-at"].(string); ok {
		p.sentAt, _ = koji.ParseTime(sent)
	}
	return p, nil
}

// lookup returns one of the properties, null if it is not there. They repeat
// what the body says, so this is for bodies that lack it.
func (p *properties) lookup(name string) koji.Scalar {
	if p.section == nil {
		return headerScalar(p.headers[name])
	}
	found := koji.Null()
	// The section has been read before, so there is no error.
	_ = eachAppProperty(p.section, func(n []byte, v amqpValue) {
		if string(n) == name && v.kind <= amqpText {
			found = v.scalar
		}
	})
	return found
}

// headerBytes returns a header that carries bytes, which a broker may send as
// a long string or as a byte array.
func headerBytes(v any) ([]byte, bool) {
	switch v := v.(type) {
	case string:
		return []byte(v), true
	case []byte:
		return v, true
	}
	return nil, false
}

func headerScalar(v any) koji.Scalar {
	switch v := v.(type) {
	case string: // STOMP bridges send everything as text
		return koji.Text([]byte(v))
	case int64:
		return koji.Int(v)
	case int32:
		return koji.Int(int64(v))
	case int:
		return koji.Int(int64(v))
	case float64:
		return koji.Float(v)
	}
	return koji.Null()
}
