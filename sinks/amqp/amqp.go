// Package amqp is the sink that publishes events to an exchange as persistent
// messages. It waits for the broker's confirmations and detects unroutable messages,
// so no event is lost.
package amqp

import (
	"context"
	"errors"
	"fmt"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// ContentType is the content type of every message.
const ContentType = "application/json"

// Headers of every message.
const (
	HeaderSchema   = "x-kojiwatch-schema"
	HeaderType     = "x-kojiwatch-type"
	HeaderInstance = "x-kojiwatch-instance"
)

// ErrUnroutable reports that no queue is bound for a message.
var ErrUnroutable = errors.New("unroutable")

// Unroutable says what to do with an event that no queue is bound for.
type Unroutable string

// The policies.
const (
	UnroutableRetry Unroutable = "retry" // retry until a queue is bound
	UnroutableDrop  Unroutable = "drop"  // discard the event
	UnroutableDead  Unroutable = "dead"  // make it a dead letter
)

// Message is one event, ready to be published.
type Message struct {
	Exchange, Key string
	amqp091.Publishing
}

// Publisher publishes messages with the mandatory flag.
type Publisher interface {
	// Publish returns one error for each message, nil if the broker has confirmed it.
	Publish(ctx context.Context, messages []Message) []error
	// Blocked returns why the broker accepts no messages at the moment, "" if it does.
	Blocked() string
	Close()
}

// Options configure a [Sink].
type Options struct {
	Exchange   string
	Key        Key
	Unroutable Unroutable
}

// Sink publishes events.
type Sink struct {
	o         Options
	publisher Publisher
}

// New returns a sink that publishes through p. Closing the sink closes p.
func New(p Publisher, o Options) *Sink { return &Sink{o, p} }

// Close implements sinks.Sink.
func (s *Sink) Close() error {
	s.publisher.Close()
	return nil
}

// Blocked returns why the broker accepts no events at the moment, "" if it does. It
// may be called at any time.
func (s *Sink) Blocked() string { return s.publisher.Blocked() }

// Message returns the message that Send publishes for an event.
func (s *Sink) Message(e *event.Event) Message {
	return Message{s.o.Exchange, s.o.Key.For(e), amqp091.Publishing{
		MessageId:    shortText(e.ID),
		Type:         string(e.Type),
		AppId:        "kojiwatch",
		ContentType:  ContentType,
		DeliveryMode: amqp091.Persistent,
		Timestamp:    e.ReceivedAt,
		Headers: amqp091.Table{
			HeaderSchema: event.Schema, HeaderType: string(e.Type), HeaderInstance: e.Instance,
		},
		Body: e.AppendJSON(nil),
	}}
}

// shortText cuts s to the maximum length of an AMQP property.
func shortText(s string) string { return s[:min(len(s), maxKey)] }

// Send implements sinks.Sink. An event is published only after the previous event
// with the same key has been confirmed, so failures do not change the order.
func (s *Sink) Send(ctx context.Context, events []*event.Event) error {
	errs := make([]error, len(events))
	failed := make(map[event.Key]bool)
	wave := make([]int, 0, len(events))
	inWave := make(map[event.Key]bool)
	for i, e := range events {
		if key := e.Key(); !inWave[key] {
			inWave[key] = true
			wave = append(wave, i)
			continue
		}
		s.publish(ctx, events, wave, errs, failed)
		wave = append(wave[:0], i)
		clear(inWave)
		inWave[e.Key()] = true
	}
	s.publish(ctx, events, wave, errs, failed)
	for _, err := range errs {
		if err != nil {
			return &sinks.BatchError{Errs: errs}
		}
	}
	return nil
}

// publish publishes the events at the indexes in wave, all with different keys. It
// skips events whose key has failed before.
func (s *Sink) publish(ctx context.Context, events []*event.Event, wave []int, errs []error, failed map[event.Key]bool) {
	var messages []Message
	var places []int
	for _, i := range wave {
		if failed[events[i].Key()] {
			errs[i] = errBehind
			continue
		}
		messages = append(messages, s.Message(events[i]))
		places = append(places, i)
	}
	for n, err := range s.publisher.Publish(ctx, messages) {
		i := places[n]
		if errs[i] = s.verdict(messages[n].Key, err); errs[i] != nil && s.again(err) {
			failed[events[i].Key()] = true
		}
	}
}

var errBehind = sinks.Outage(errors.New("waits for an earlier event with the same key"))

// again reports whether an event that failed with err is retried.
func (s *Sink) again(err error) bool {
	return !errors.Is(err, ErrUnroutable) || s.o.Unroutable != UnroutableDrop && s.o.Unroutable != UnroutableDead
}

func (s *Sink) verdict(key string, err error) error {
	if err == nil {
		return nil
	}
	if !errors.Is(err, ErrUnroutable) {
		return sinks.Outage(fmt.Errorf("publish to exchange %q: %w", s.o.Exchange, err))
	}
	err = fmt.Errorf("publish to exchange %q: %w: nothing is bound for the key %q", s.o.Exchange, err, key)
	switch s.o.Unroutable {
	case UnroutableDrop:
		return nil
	case UnroutableDead:
		return sinks.Refuse("unroutable", err)
	case UnroutableRetry:
	}
	return err
}

// Preview describes what Send would do with an event.
func (s *Sink) Preview(e *event.Event) string {
	m := s.Message(e)
	return fmt.Sprintf("publish to exchange %q with key %s\nmessage-id: %s\ntype: %s\ncontent-type: %s\n\n%s\n",
		m.Exchange, m.Key, m.MessageId, m.Type, m.ContentType, m.Body)
}
