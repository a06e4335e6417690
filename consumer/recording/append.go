package recording

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// maxPlainBody is the longest body that is also written as text, in bytes.
const maxPlainBody = 64 << 10

// Append appends a delivery as one line, newline included. It returns an error if the value of
// a header has no AMQP type.
func Append(dst []byte, d *message.Delivery) ([]byte, error) {
	return appendLine(dst, d, nil)
}

// AppendDead appends a dead letter as Append does a delivery.
func AppendDead(dst []byte, l message.DeadLetter) ([]byte, error) {
	return appendLine(dst, l.Delivery, &l)
}

func appendLine(dst []byte, d *message.Delivery, dead *message.DeadLetter) ([]byte, error) {
	start := len(dst)
	o := object{buf: append(dst, '{')}
	o.text("exchange", d.Exchange)
	o.text("routing_key", d.RoutingKey)
	o.key("redelivered")
	o.buf = strconv.AppendBool(o.buf, d.Redelivered)
	o.number("delivery_tag", d.DeliveryTag)
	if err := o.properties(&d.Properties); err != nil {
		return dst[:start], err
	}
	o.bytes("body_b64", d.Body)
	if len(d.Body) <= maxPlainBody && utf8.Valid(d.Body) {
		o.text("body", string(d.Body))
	}
	o.optional("queue", d.Queue)
	if !d.ReceivedAt.IsZero() {
		o.text("received_at", d.ReceivedAt.UTC().Format(time.RFC3339Nano))
	}
	if dead != nil {
		o.open("dead")
		o.optional("sink", dead.Sink)
		o.text("reason", dead.Reason)
		o.text("error", dead.Error)
		o.text("time", dead.Time.UTC().Format(time.RFC3339Nano))
		o.text("queue", dead.Queue)
		if dead.Attempts > 0 {
			o.number("attempts", uint64(dead.Attempts))
			o.text("first_attempt", dead.First.UTC().Format(time.RFC3339Nano))
			o.text("last_attempt", dead.Last.UTC().Format(time.RFC3339Nano))
		}
		o.close()
	}
	o.close()
	return append(o.buf, '\n'), nil
}

func (o *object) properties(p *message.Properties) error {
	o.open("properties")
	o.optional("content_type", p.ContentType)
	o.optional("content_encoding", p.ContentEncoding)
	if p.Headers != nil {
		o.key("headers")
		var err error
		if o.buf, err = appendTable(o.buf, p.Headers, 0); err != nil {
			return err
		}
	}
	o.positive("delivery_mode", uint64(p.DeliveryMode))
	o.positive("priority", uint64(p.Priority))
	o.optional("correlation_id", p.CorrelationID)
	o.optional("reply_to", p.ReplyTo)
	o.optional("expiration", p.Expiration)
	o.optional("message_id", p.MessageID)
	if !p.Timestamp.IsZero() {
		o.key("timestamp")
		o.buf = strconv.AppendInt(o.buf, p.Timestamp.Unix(), 10)
	}
	o.optional("type", p.Type)
	o.optional("user_id", p.UserID)
	o.optional("app_id", p.AppID)
	o.close()
	return nil
}

// object is JSON text that ends inside an object.
type object struct{ buf []byte }

func (o *object) key(name string) {
	if o.buf[len(o.buf)-1] != '{' {
		o.buf = append(o.buf, ", "...)
	}
	o.buf = appendText(o.buf, name)
	o.buf = append(o.buf, ": "...)
}

func (o *object) open(name string) {
	o.key(name)
	o.buf = append(o.buf, '{')
}

func (o *object) close() { o.buf = append(o.buf, '}') }

func (o *object) text(name, v string) {
	o.key(name)
	o.buf = appendText(o.buf, v)
}

// optional appends text unless it is empty.
func (o *object) optional(name, v string) {
	if v != "" {
		o.text(name, v)
	}
}

func (o *object) number(name string, v uint64) {
	o.key(name)
	o.buf = strconv.AppendUint(o.buf, v, 10)
}

// positive appends a number unless it is 0.
func (o *object) positive(name string, v uint64) {
	if v != 0 {
		o.number(name, v)
	}
}

func (o *object) bytes(name string, v []byte) {
	o.key(name)
	o.buf = append(o.buf, '"')
	o.buf = base64.StdEncoding.AppendEncode(o.buf, v)
	o.buf = append(o.buf, '"')
}

// appendText appends a JSON string. Invalid UTF-8 becomes U+FFFD.
func appendText(dst []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil { // no string does that
		return append(dst, `""`...)
	}
	return append(dst, text...)
}
