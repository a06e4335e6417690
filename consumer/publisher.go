package consumer

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"
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
// of memory or disk stops reading from connections that publish, and must not stop
// reading acknowledgements. One goroutine at a time may use it, beside those that
// ask whether it is [Publisher.Blocked].
type Publisher struct {
	dialer  *dialer
	prepare func(*link) error // on each new connection; nil: nothing
	alarm   alarm
	current *publishing // nil: there is no connection
}

// publishing is a connection with a channel to publish on.
type publishing struct {
	*link
	channel  *amqp.Channel
	closed   chan *amqp.Error
	returned chan amqp.Return
	watching sync.WaitGroup
}

// PublisherOptions are those of a publisher, as in [Options].
type PublisherOptions struct {
	Brokers                            func(ctx context.Context) ([]Broker, error)
	Name, Product, Version             string
	Heartbeat, DialTimeout, RPCTimeout time.Duration
	// Exchange is declared, durable and of type topic, on each new connection.
	// Empty: nothing is declared.
	Exchange string
	// Log is told when the broker takes no messages, and when it does again.
	Log zerolog.Logger
}

// NewPublisher makes a publisher that is not yet connected.
func NewPublisher(o PublisherOptions) *Publisher {
	all := Options{
		Brokers: o.Brokers, Name: o.Name, Product: o.Product, Version: o.Version,
		Heartbeat: o.Heartbeat, DialTimeout: o.DialTimeout, RPCTimeout: o.RPCTimeout,
	}
	all.setDefaults()
	p := newPublisher(all.dialer(all.Name), &o.Log)
	if o.Exchange != "" {
		p.prepare = func(l *link) error { return declareExchange(l, o.Exchange) }
	}
	return p
}

func newPublisher(d *dialer, log *zerolog.Logger) *Publisher {
	return &Publisher{dialer: d, alarm: alarm{log: log.With().Str("connection", d.name).Logger()}}
}

// Blocked says why the broker takes no messages at the moment; "" if it does, or
// if nothing was published since it stopped to. It may be called at any time.
func (p *Publisher) Blocked() string { return p.alarm.why() }

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
// connection that failed is made anew at the next call. While the broker has an
// alarm and takes no messages, Publish waits for the end of that or of ctx.
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
	c, err := p.open(ctx)
	if err != nil {
		return slices.Repeat([]error{err}, len(messages))
	}
	defer context.AfterFunc(ctx, func() { c.wire.cut(context.Cause(ctx)) })()
	confirms, errs, lost := c.send(messages)
	if lost == nil {
		lost = c.await(confirms)
	}
	if lost != nil {
		p.Close()
	}
	for i, confirm := range confirms {
		switch {
		case errs[i] != nil:
		case confirm != nil && confirm.Acked():
			p.alarm.over(c.wire)
		default:
			errs[i] = cmp.Or(lost, errNack)
		}
	}
	c.unroutable(messages, errs)
	return errs
}

var errNack = errors.New("the broker did not confirm it")

// send writes messages and returns a confirmation to come for each, at its place,
// or an error. Lost is why there can be no more: the messages that have neither
// were not sent.
func (c *publishing) send(messages []Message) (confirms []*amqp.DeferredConfirmation, errs []error, lost error) {
	confirms, errs = make([]*amqp.DeferredConfirmation, len(messages)), make([]error, len(messages))
	for i := range messages {
		m := messages[i]
		if m.Publishing, errs[i] = fit(&m, c.Config.FrameSize); errs[i] != nil {
			continue // it would end the connection for all
		}
		var err error
		if confirms[i], err = c.channel.PublishWithDeferredConfirm(m.Exchange, m.Key, true, false, m.Publishing); err != nil {
			return confirms, errs, c.explain(err)
		}
	}
	return confirms, errs, nil
}

// await waits until each message has been confirmed or refused. The error is why
// there can be no more of that: the connection ended, or nothing came in time.
func (c *publishing) await(confirms []*amqp.DeferredConfirmation) error {
	begun := time.Now()
	timer := time.NewTimer(c.timeout)
	defer timer.Stop()
	for _, confirm := range confirms {
		for confirm != nil && !settled(confirm) {
			select {
			case <-confirm.Done():
			case <-timer.C:
				left := c.wire.patience(begun, c.timeout)
				if left <= 0 {
					return fmt.Errorf("no confirmation within %s", c.timeout)
				}
				timer.Reset(left)
			}
		}
	}
	if !c.channel.IsClosed() {
		return nil
	}
	select {
	case err := <-c.closed: // comes before the confirmations
		if err != nil {
			return c.explain(err)
		}
	default:
	}
	return c.explain(amqp.ErrClosed)
}

func settled(confirm *amqp.DeferredConfirmation) bool {
	select {
	case <-confirm.Done():
		return true
	default:
		return false
	}
}

// unroutable marks what came back, which says more than why others have failed.
// Messages that are the same share their fate.
func (c *publishing) unroutable(messages []Message, errs []error) {
	for {
		select {
		case back, open := <-c.returned: // comes before the confirmation
			if !open { // with the channel
				return
			}
			for i := range messages {
				if messages[i].isReturned(&back) {
					errs[i] = ErrUnroutable
				}
			}
		default:
			return
		}
	}
}

func (m *Message) isReturned(back *amqp.Return) bool {
	return m.Key == back.RoutingKey && m.Exchange == back.Exchange && m.MessageId == back.MessageId && bytes.Equal(m.Body, back.Body)
}

// open returns the connection, a new one if there is none that works.
func (p *Publisher) open(ctx context.Context) (*publishing, error) {
	if p.current != nil && !p.current.channel.IsClosed() {
		return p.current, nil
	}
	p.Close()
	l, err := p.dialer.dial(ctx)
	if err != nil {
		p.dialer.turn++
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { l.wire.cut(context.Cause(ctx)) })()
	c := &publishing{link: l}
	blocked := l.NotifyBlocked(make(chan amqp.Blocking, 1))
	c.watching.Go(func() { p.alarm.watch(l.wire, blocked) })
	if err := c.begin(p.prepare); err != nil {
		c.end()
		return nil, err
	}
	p.current = c
	return c, nil
}

// begin makes the connection ready to publish.
func (c *publishing) begin(prepare func(*link) error) (err error) {
	if prepare != nil {
		if err := prepare(c.link); err != nil {
			return err
		}
	}
	if c.channel, err = c.link.channel(); err != nil {
		return err
	}
	c.closed = c.channel.NotifyClose(make(chan *amqp.Error, 1))
	c.returned = c.channel.NotifyReturn(make(chan amqp.Return, maxPublished))
	return c.guard("ask for confirmations", func() error { return c.channel.Confirm(false) })
}

// end closes the connection and waits for what goes on beside it.
func (c *publishing) end() {
	c.link.close()
	c.watching.Wait()
}

// Close ends the connection, if there is one.
func (p *Publisher) Close() {
	if p.current != nil {
		p.current.end()
	}
	p.current = nil
}
