package deadletter

import (
	"context"
	"errors"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
)

// republisher sends letters from a file back to their sink: into its queue or, if the broker
// does not allow publishing or the queue was deleted with its consumer, directly to the sink.
type republisher struct {
	o         RepublishOptions
	direct    bool
	publisher *publish.Publisher
	sender    Sender // nil until it is needed
}

// RepublishOptions configure how letters in a file get back to their sink.
type RepublishOptions struct {
	Publisher publish.Options
	Queue     string // of the sink; "" is one that nobody else can publish to
	// Note is called with the error if the broker does not allow publishing.
	Note func(error)
	// Direct opens the sink, to send to it without its queue.
	Direct func(context.Context) (Sender, error)
}

// Sender sends messages to a sink without its queue. A [*StaysError] from Send concerns this
// message alone.
type Sender interface {
	Send(ctx context.Context, d *message.Delivery) error
	Close(ctx context.Context) error
}

func (r *republisher) send(ctx context.Context, d *message.Delivery) error {
	if !r.direct {
		if r.publisher == nil {
			r.publisher = publish.New(r.o.Publisher)
		}
		err := sendBack(ctx, r.publisher, d, r.o.Queue)
		if !errors.Is(err, errNotAllowed) {
			return err
		}
		r.direct = true
		r.o.Note(err)
	}
	if r.sender == nil {
		var err error
		if r.sender, err = r.o.Direct(ctx); err != nil {
			return err
		}
	}
	return r.sender.Send(ctx, d)
}

func (r *republisher) close(ctx context.Context) error {
	if r.publisher != nil {
		r.publisher.Close()
	}
	if r.sender != nil {
		return r.sender.Close(ctx)
	}
	return nil
}

// errNotAllowed reports that the broker does not allow this user to publish.
var errNotAllowed = errors.New("the broker does not let this user publish")

// sendBack publishes the message of a dead letter to a queue and waits for confirmation.
func sendBack(ctx context.Context, p *publish.Publisher, d *message.Delivery, queue string) error {
	m := publishing(message.DeadLetter{Delivery: d})
	for _, name := range deathHeaders() {
		delete(m.Headers, name)
	}
	err := p.Publish(ctx, []publish.Message{{Key: queue, Publishing: m, Trim: Trim}})[0]
	switch {
	case errors.Is(err, publish.ErrUnroutable):
		return fmt.Errorf("queue %q does not exist", queue)
	case broker.ReplyCode(err) == amqp.AccessRefused:
		return fmt.Errorf("publish to queue %q: %w (%w)", queue, errNotAllowed, err)
	case err != nil:
		return fmt.Errorf("publish to queue %q: %w", queue, err)
	}
	return nil
}
