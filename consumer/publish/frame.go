package publish

import (
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// The properties of a message must fit into one frame, whose size is negotiated for each
// connection.
const (
	frameOverhead  = 8  // around what a frame carries
	headerOverhead = 14 // class, weight, size of the body, flags
	maxShort       = 255
)

// Fit returns the message for the broker, with headers trimmed by Message.Trim if they are
// too large for a frame. It returns an error if the message cannot be sent.
func Fit(m *Message, frameSize int) (amqp.Publishing, error) {
	size, err := HeaderSize(m)
	if err != nil {
		return m.Publishing, fmt.Errorf("the message cannot be sent: %w", err)
	}
	limit := frameSize - frameOverhead
	if frameSize <= 0 || size <= limit {
		return m.Publishing, nil
	}
	trimmed := *m
	if m.Trim != nil {
		trimmed.Headers = m.Trim(m.Headers, size-limit)
		size, _ = HeaderSize(&trimmed)
	}
	if size > limit {
		return m.Publishing, fmt.Errorf("the message cannot be sent: its properties take %d bytes, and the broker takes %d", size, limit)
	}
	return trimmed.Publishing, nil
}

// HeaderSize returns the size in bytes of the frame with the properties of a message. It
// returns an error if AMQP cannot encode them.
func HeaderSize(m *Message) (int, error) {
	p, size := &m.Publishing, headerOverhead
	for _, text := range []struct{ what, is string }{
		{"content type", p.ContentType}, {"content encoding", p.ContentEncoding}, {"correlation id", p.CorrelationId},
		{"reply-to", p.ReplyTo}, {"expiration", p.Expiration}, {"message id", p.MessageId}, {"type", p.Type},
		{"user id", p.UserId}, {"app id", p.AppId},
	} {
		if len(text.is) > maxShort {
			return 0, fmt.Errorf("its %s is longer than %d bytes", text.what, maxShort)
		}
		if text.is != "" {
			size += 1 + len(text.is)
		}
	}
	if len(m.Exchange) > maxShort || len(m.Key) > maxShort { // in another frame
		return 0, fmt.Errorf("its exchange or routing key is longer than %d bytes", maxShort)
	}
	size += 1 + 1 + 8 // delivery mode, priority and time, there or not
	if len(p.Headers) > 0 {
		size += valueSize(p.Headers)
	}
	return size, errors.Join(checkNames(p.Headers), p.Headers.Validate())
}

// checkNames returns an error if a name in a table is too long.
func checkNames(v any) error {
	switch v := v.(type) {
	case amqp.Table:
		for name, value := range v {
			if len(name) > maxShort {
				return fmt.Errorf("the name of its header %.20q… is longer than %d bytes", name, maxShort)
			}
			if err := checkNames(value); err != nil {
				return err
			}
		}
	case []any:
		for _, value := range v {
			if err := checkNames(value); err != nil {
				return err
			}
		}
	}
	return nil
}

// FieldSize returns the encoded size of a field in a table, in bytes.
func FieldSize(name string, value any) int { return 1 + len(name) + 1 + valueSize(value) }

// valueSize returns the encoded size of a value in a table, in bytes, without its type.
func valueSize(v any) int {
	switch v := v.(type) {
	case bool, byte, int8:
		return 1
	case int16, uint16:
		return 2
	case int, int32, uint32, float32:
		return 4
	case int64, float64, time.Time:
		return 8
	case amqp.Decimal:
		return 5
	case string:
		return 4 + len(v)
	case []byte:
		return 4 + len(v)
	case []any:
		size := 4
		for _, value := range v {
			size += 1 + valueSize(value)
		}
		return size
	case amqp.Table:
		size := 4
		for name, value := range v {
			size += FieldSize(name, value)
		}
		return size
	}
	return 0
}
