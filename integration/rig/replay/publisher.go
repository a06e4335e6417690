package replay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// window is the number of messages that may wait for the broker's confirmation.
const window = 2000

// Publisher publishes messages and waits until the broker has confirmed them. It is not
// safe for concurrent use.
type Publisher struct {
	// Persistent makes every message survive a restart of the broker, however it was
	// recorded. Koji's messages through RabbitMQ 3 would not.
	Persistent bool
	// Unrouted ignores messages that reach no queue. Otherwise they are an error.
	Unrouted bool

	conn    *amqp.Connection
	channel *amqp.Channel
	returns chan amqp.Return // has room for all that may be unconfirmed
}

// Dial connects to the broker at address, an AMQP URL.
func Dial(address string) (*Publisher, error) {
	// On a busy machine heartbeats may be late. Tests of lost connections use other clients.
	conn, err := amqp.DialConfig(address, amqp.Config{Heartbeat: time.Minute, Locale: "en_US"})
	if err != nil {
		return nil, fmt.Errorf("publisher: %w", err)
	}
	p := &Publisher{conn: conn}
	if p.channel, err = conn.Channel(); err == nil {
		err = p.channel.Confirm(false)
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("publisher: %w", err)
	}
	p.returns = p.channel.NotifyReturn(make(chan amqp.Return, window))
	return p, nil
}

// Close disconnects. It returns no error if the connection is already lost.
func (p *Publisher) Close() error {
	err := p.conn.Close()
	if _, lost := errors.AsType[*net.OpError](err); err == nil || lost || errors.Is(err, amqp.ErrClosed) {
		return nil
	}
	return fmt.Errorf("publisher: %w", err)
}

// Publish publishes the messages in order and returns when the broker has confirmed all
// of them. They are then in their queues and, if persistent, on disk.
func (p *Publisher) Publish(ctx context.Context, messages ...Message) error {
	pending := make([]*amqp.DeferredConfirmation, 0, window)
	for i, m := range messages {
		if p.Persistent {
			m.Publishing.DeliveryMode = amqp.Persistent
		}
		c, err := p.channel.PublishWithDeferredConfirmWithContext(
			ctx, m.Exchange, m.RoutingKey, !p.Unrouted, false, m.Publishing)
		if err != nil {
			return fmt.Errorf("publish message %d: %w", i+1, err)
		}
		if pending = append(pending, c); len(pending) < window {
			continue
		}
		// Wait for the older half while the newer half is in flight.
		if err := p.confirmed(ctx, pending[:window/2]); err != nil {
			return err
		}
		pending = append(pending[:0], pending[window/2:]...)
	}
	return p.confirmed(ctx, pending)
}

// confirmed waits until the broker has confirmed the messages. It returns a message that
// no queue took before it confirms it, so by then all returns have arrived.
func (p *Publisher) confirmed(ctx context.Context, pending []*amqp.DeferredConfirmation) error {
	for _, c := range pending {
		acked, err := c.WaitContext(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("wait for the confirmation of a message: %w", err)
		case !acked:
			return errors.New("the broker refused a message, or the connection to it was lost")
		}
	}
	return p.unrouted()
}

// unrouted returns an error for the first returned message.
func (p *Publisher) unrouted() error {
	var first error
	for {
		select {
		case r, open := <-p.returns:
			if !open {
				return first
			}
			if first == nil {
				first = fmt.Errorf("no queue took %s on exchange %s: %s", r.RoutingKey, r.Exchange, r.ReplyText)
			}
		default:
			return first
		}
	}
}
