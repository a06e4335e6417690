package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Message is a message to be published.
type Message struct {
	Exchange, Key string
	amqp.Publishing
}

// ErrUnroutable is that no queue takes a message.
var ErrUnroutable = errors.New("the broker has no queue for it")

// Publisher publishes messages and waits until the broker has confirmed them. It
// has a connection of its own, made when the first message comes: a broker short
// of memory stops reading from connections that publish, and must not stop
// reading acknowledgements. One goroutine at a time may use it.
type Publisher struct {
	dialer  *dialer
	prepare func(*link) error // on each new connection; nil: nothing

	link     *link
	channel  *amqp.Channel
	closed   chan *amqp.Error
	returned chan amqp.Return
}

// PublisherOptions are those of a publisher, as in [Options].
type PublisherOptions struct {
	Brokers                            func(ctx context.Context) ([]Broker, error)
	Name, Product, Version             string
	Heartbeat, DialTimeout, RPCTimeout time.Duration
	// Exchange is declared, durable and of type topic, on each new connection.
	// Empty: nothing is declared.
	Exchange string
}

// NewPublisher makes a publisher that is not yet connected.
func NewPublisher(o PublisherOptions) *Publisher {
	all := Options{
		Brokers: o.Brokers, Name: o.Name, Product: o.Product, Version: o.Version,
		Heartbeat: o.Heartbeat, DialTimeout: o.DialTimeout, RPCTimeout: o.RPCTimeout,
	}
	all.setDefaults()
	p := &Publisher{dialer: all.dialer(all.Name)}
	if o.Exchange != "" {
		p.prepare = func(l *link) error { return declareExchange(l, o.Exchange) }
	}
	return p
}

func declareExchange(l *link, name string) error {
	ch, err := l.channel()
	if err != nil {
		return err
	}
	return l.guard(fmt.Sprintf("declare exchange %q", name), func() error {
		return errors.Join(ch.ExchangeDeclare(name, amqp.ExchangeTopic, true, false, false, false, nil), ch.Close())
	})
}

// maxPublished is how many messages may be on the way to the broker.
const maxPublished = 256

// Publish publishes messages and returns an error for each, at its place; nil is
// a message that a queue has, for good. [ErrUnroutable] is one that none takes. A
// connection that failed is made anew at the next call.
func (p *Publisher) Publish(ctx context.Context, messages []Message) []error {
	errs := make([]error, 0, len(messages))
	for len(messages) > 0 {
		n := min(len(messages), maxPublished)
		errs = append(errs, p.some(ctx, messages[:n])...)
		messages = messages[n:]
	}
	return errs
}

func (p *Publisher) some(ctx context.Context, messages []Message) []error {
	errs := make([]error, len(messages))
	if err := p.open(ctx); err != nil {
		p.Close()
		return fill(errs, err)
	}
	defer context.AfterFunc(ctx, func() { p.link.wire.cut(context.Cause(ctx)) })()
	timeout := time.NewTimer(p.link.timeout)
	defer timeout.Stop()
	confirms := make([]*amqp.DeferredConfirmation, 0, len(messages))
	for i := range messages {
		m := &messages[i]
		confirm, err := p.channel.PublishWithDeferredConfirm(m.Exchange, m.Key, true, false, m.Publishing)
		if err != nil {
			fill(errs[i:], p.link.explain(err))
			break
		}
		confirms = append(confirms, confirm)
	}
	for i, confirm := range confirms {
		select {
		case <-confirm.Done():
		case <-timeout.C:
			p.Close()
			return fill(errs[i:], fmt.Errorf("no confirmation within %s", p.link.timeout))
		}
		if !confirm.Acked() {
			errs[i] = p.refused()
		}
	}
	p.unroutable(messages, errs)
	if p.channel.IsClosed() {
		p.Close()
	}
	return errs
}

func fill(errs []error, err error) []error {
	for i := range errs {
		errs[i] = err
	}
	return errs
}

// unroutable marks what came back. Messages of one batch with the same address
// share their fate.
func (p *Publisher) unroutable(messages []Message, errs []error) {
	for {
		select {
		case back, open := <-p.returned: // comes before the confirmation
			if !open { // with the channel
				return
			}
			for i := range messages {
				if errs[i] == nil && messages[i].Key == back.RoutingKey && messages[i].Exchange == back.Exchange {
					errs[i] = ErrUnroutable
				}
			}
		default:
			return
		}
	}
}

func (p *Publisher) open(ctx context.Context) error {
	if p.link != nil && !p.channel.IsClosed() {
		return nil
	}
	p.Close()
	l, err := p.dialer.dial(ctx)
	if err != nil {
		p.dialer.turn++
		return err
	}
	defer context.AfterFunc(ctx, func() { l.wire.cut(context.Cause(ctx)) })()
	p.link = l
	if p.prepare != nil {
		if err := p.prepare(l); err != nil {
			return err
		}
	}
	if p.channel, err = l.channel(); err != nil {
		return err
	}
	p.closed = p.channel.NotifyClose(make(chan *amqp.Error, 1))
	p.returned = p.channel.NotifyReturn(make(chan amqp.Return, maxPublished))
	return l.guard("ask for confirmations", func() error { return p.channel.Confirm(false) })
}

// refused says why a message was not confirmed.
func (p *Publisher) refused() error {
	select {
	case err := <-p.closed: // comes before the confirmation
		if err != nil {
			return p.link.explain(err)
		}
	default:
	}
	return errors.New("the broker did not confirm it")
}

// Close ends the connection, if there is one.
func (p *Publisher) Close() {
	if p.link != nil {
		p.link.close()
	}
	p.link, p.channel = nil, nil
}
