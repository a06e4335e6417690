// Package message holds the values that the packages of the consumer share: a message as the
// broker delivered it, and as a dead letter.
package message

import (
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Delivery is one message of a basic.deliver. It is immutable and may be kept.
type Delivery struct {
	// Queue is the queue that it was consumed from.
	Queue string
	// Exchange it was published to; empty is the default exchange.
	Exchange string
	// RoutingKey it was published with.
	RoutingKey string
	// DeliveryTag is its number in its session.
	DeliveryTag uint64
	// Epoch is the number of that session; 0 outside of a session.
	Epoch uint64
	// Redelivered reports whether the broker has delivered it before.
	Redelivered bool
	// ReceivedAt is when it arrived.
	ReceivedAt time.Time
	// Properties are its basic properties.
	Properties
	// Body is the content, as sent.
	Body []byte
}

// Properties are the basic properties of a message. A zero value means absent: the client
// library does not distinguish an absent number from 0.
type Properties struct {
	ContentType     string
	ContentEncoding string
	// Headers hold the Go values of the client library: strings (any bytes),
	// integers in the width of the wire, bool, nil, float32, float64, time.Time,
	// []byte, amqp091.Decimal, []any and, nested, amqp091.Table.
	Headers map[string]any
	// DeliveryMode is 1 (transient) or 2 (persistent).
	DeliveryMode  uint8
	Priority      uint8
	CorrelationID string
	ReplyTo       string
	// Expiration is a time to live in milliseconds, as text.
	Expiration string
	MessageID  string
	Timestamp  time.Time
	Type       string
	UserID     string
	AppID      string
}

// New converts a delivery of the client library.
func New(in *amqp.Delivery, queue string, epoch uint64, at time.Time) *Delivery {
	return &Delivery{
		Queue:       queue,
		Exchange:    in.Exchange,
		RoutingKey:  in.RoutingKey,
		DeliveryTag: in.DeliveryTag,
		Epoch:       epoch,
		Redelivered: in.Redelivered,
		ReceivedAt:  at,
		Properties: Properties{
			ContentType:     in.ContentType,
			ContentEncoding: in.ContentEncoding,
			Headers:         in.Headers,
			DeliveryMode:    in.DeliveryMode,
			Priority:        in.Priority,
			CorrelationID:   in.CorrelationId,
			ReplyTo:         in.ReplyTo,
			Expiration:      in.Expiration,
			MessageID:       in.MessageId,
			Timestamp:       in.Timestamp,
			Type:            in.Type,
			UserID:          in.UserId,
			AppID:           in.AppId,
		},
		Body: in.Body,
	}
}

// Publishing returns the message with all its properties, to be published again.
func (d *Delivery) Publishing() amqp.Publishing {
	return amqp.Publishing{
		Headers:         d.Headers,
		ContentType:     d.ContentType,
		ContentEncoding: d.ContentEncoding,
		DeliveryMode:    d.DeliveryMode,
		Priority:        d.Priority,
		CorrelationId:   d.CorrelationID,
		ReplyTo:         d.ReplyTo,
		Expiration:      d.Expiration,
		MessageId:       d.MessageID,
		Timestamp:       d.Timestamp,
		Type:            d.Type,
		UserId:          d.UserID,
		AppId:           d.AppID,
		Body:            d.Body,
	}
}
