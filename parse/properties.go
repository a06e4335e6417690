package parse

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// properties is what parsing needs of a message's headers.
type properties struct {
	typ    string    // Koji's name for the event
	fedora bool      // the headers are those of Fedora Messaging
	sentAt time.Time // when the sender sent it, where it says so
	// section holds the encoded AMQP 1.0 application properties, nil where
	// they came as headers of their own.
	section []byte

	// What the headers repeat of the body, for bodies that lack it.
	taskID   int64
	method   string
	old, new string
	user     string
}

// readProperties reads the headers: one encoded section from RabbitMQ 3.x,
// ordinary headers from RabbitMQ 4.x and from bridges.
func readProperties(d *Delivery) (properties, error) {
	var p properties
	section, ok := headerBytes(d.Headers["x-amqp-1.0-app-properties"])
	if ok {
		p.section = section
		if err := eachAppProperty(section, p.setScalar); err != nil {
			return p, fmt.Errorf("header x-amqp-1.0-app-properties: %w", err)
		}
		return p, nil
	}
	p.typ, _ = d.Headers["type"].(string)
	p.method, _ = d.Headers["method"].(string)
	p.old, _ = d.Headers["old"].(string)
	p.new, _ = d.Headers["new"].(string)
	p.user, _ = d.Headers["user"].(string)
	p.taskID = headerInt(d.Headers["id"])
	_, p.fedora = d.Headers["fedora_messaging_schema"]
	if sent, ok := d.Headers["sent-at"].(string); ok {
		p.sentAt, _ = koji.ParseTime(sent)
	}
	return p, nil
}

func (p *properties) setScalar(name []byte, v koji.Scalar) {
	switch string(name) {
	case "type":
		p.typ = v.Str()
	case "method":
		p.method = v.Str()
	case "old":
		p.old = v.Str()
	case "new":
		p.new = v.Str()
	case "user":
		p.user = v.Str()
	case "id":
		p.taskID, _ = v.Int64()
	}
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

func headerInt(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int32:
		return int64(v)
	case int:
		return int64(v)
	case float64:
		n, _ := koji.Float(v).Int64()
		return n
	case string: // STOMP bridges send everything as text
		n, _ := koji.Text([]byte(v)).Int64()
		return n
	}
	return 0
}
