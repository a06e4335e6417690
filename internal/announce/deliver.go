package announce

import (
	"context"
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/parse"
)

// Queue says what is known of a sink's queue at the moment.
type Queue struct {
	Sink string
	// Name is the queue's. Several sinks may read one stream. "": not known yet.
	Name string
}

// Publisher puts messages into queues, confirmed.
type Publisher interface {
	Publish(ctx context.Context, messages []publish.Message) []error
}

// Deliver puts what waits into the queues, and notes which have it. Events for sinks that are
// not among the queues wait no longer.
func (o *Outbox) Deliver(ctx context.Context, p Publisher, queues []Queue, now time.Time) error {
	bySink := map[string]Queue{}
	for _, q := range queues {
		bySink[q.Sink] = q
	}
	has := map[place]bool{}
	var messages []publish.Message
	var places []place
	for _, e := range o.snapshot() {
		for _, sink := range e.Sinks {
			q, known := bySink[sink]
			at := place{e.ID, q.Name}
			if _, before := has[at]; before || !known || q.Name == "" {
				continue
			}
			has[at] = false
			messages, places = append(messages, message(&e, q.Name)), append(places, at)
		}
	}
	var errs []error
	if len(messages) > 0 {
		errs = p.Publish(ctx, messages)
		for i, at := range places {
			has[at] = errs[i] == nil
		}
	}
	kept := o.settle(func(e *entry, sink string) bool {
		q, known := bySink[sink]
		return !known || has[place{e.ID, q.Name}]
	}, now)
	if err := errors.Join(errs...); err != nil {
		return errors.Join(fmt.Errorf("publish events to the queues of sinks: %w", err), kept)
	}
	return kept
}

// place is an event in a queue.
type place struct{ id, queue string }

// message returns the message of an event for a queue, by the default exchange.
func message(e *entry, queue string) publish.Message {
	return publish.Message{Key: queue, Publishing: amqp.Publishing{
		ContentType: "application/json", DeliveryMode: amqp.Persistent, MessageId: e.ID,
		Headers: amqp.Table{
			parse.HeaderOrigin: parse.Own, "sent-at": e.Since.UTC().Format(time.RFC3339Nano),
		},
		Body: e.Event,
	}}
}
