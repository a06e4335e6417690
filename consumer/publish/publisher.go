// Package publish publishes messages with publisher confirms.
package publish

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

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// Message is a message to be published.
type Message struct {
	Exchange, Key string
	amqp.Publishing
	// Trim returns headers that are smaller by at least excess bytes, for a message whose
	// properties are too large for the broker. If nil, such a message is an error.
	Trim func(headers amqp.Table, excess int) amqp.Table
}

// ErrUnroutable reports that no queue is bound for the message.
var ErrUnroutable = errors.New("the broker has no queue for it")

// Publisher publishes messages and waits until the broker has confirmed them. It opens a
// connection of its own for the first message: a broker short of memory or disk stops reading
// from connections that publish, and must not stop reading acknowledgements. Except for
// [Publisher.Blocked], one goroutine at a time may use it.
type Publisher struct {
	o       Options
	dialer  *broker.Dialer
	alarm   alarm
	current *session // nil: there is no connection
}

// session is a connection with a channel to publish on.
type session struct {
	conn     *broker.Connection
	channel  *amqp.Channel
	closed   chan *amqp.Error
	returned chan amqp.Return
	watching sync.WaitGroup
}

// Options configure a [Publisher].
type Options struct {
	Broker broker.Options
	// Exchange is declared, durable and of type topic, on each new connection. If empty,
	// nothing is declared.
	Exchange string
	// Prepare is called with each new connection, unless nil.
	Prepare func(*broker.Connection) error
	// Log receives a line when the broker stops accepting messages and when it accepts them
	// again.
	Log zerolog.Logger
}

// New returns a publisher. It connects for the first message.
func New(o Options) *Publisher {
	d := broker.NewDialer(o.Broker)
	return &Publisher{o: o, dialer: d, alarm: alarm{log: o.Log.With().Str("connection", d.Name()).Logger()}}
}

// Blocked returns why the broker accepts no messages at the moment; "" if it does, or if
// nothing was published since it stopped. It may be called at any time.
func (p *Publisher) Blocked() string { return p.alarm.why() }

func declareExchange(c *broker.Connection, name string) error {
	ch, err := c.OpenChannel()
	if err != nil {
		return err
	}
	return c.Guard(fmt.Sprintf("declare exchange %q", name), func() error {
		return errors.Join(ch.ExchangeDeclare(name, amqp.ExchangeTopic, true, false, false, false, nil), ch.Close())
	})
}

// maxPublished is the maximum number of unconfirmed messages.
const maxPublished = 256

// Publish publishes messages and returns their errors by index; nil means that the broker has
// confirmed the message, [ErrUnroutable] that no queue is bound for it. After a failure of
// the connection the next call reconnects. While the broker has an alarm and accepts no
// messages, Publish waits for its end or that of ctx.
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
	defer c.conn.CutWhenDone(ctx)()
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
			p.alarm.over(c.conn)
		default:
			errs[i] = cmp.Or(lost, errNack)
		}
	}
	c.unroutable(messages, errs)
	return errs
}

var errNack = errors.New("the broker did not confirm it")

// send writes messages and returns a pending confirmation or an error for each, by index.
// lost is the reason if the connection failed: messages with neither were not sent.
func (c *session) send(messages []Message) (confirms []*amqp.DeferredConfirmation, errs []error, lost error) {
	confirms, errs = make([]*amqp.DeferredConfirmation, len(messages)), make([]error, len(messages))
	for i := range messages {
		m := messages[i]
		if m.Publishing, errs[i] = Fit(&m, c.conn.FrameSize()); errs[i] != nil {
			continue // it would end the connection for all
		}
		var err error
		if confirms[i], err = c.channel.PublishWithDeferredConfirm(m.Exchange, m.Key, true, false, m.Publishing); err != nil {
			return confirms, errs, c.conn.Explain(err)
		}
	}
	return confirms, errs, nil
}

// await waits until each message has been confirmed or refused. It returns an error if the
// connection ends or no confirmation arrives in time.
func (c *session) await(confirms []*amqp.DeferredConfirmation) error {
	begun := time.Now()
	timer := time.NewTimer(c.conn.Timeout())
	defer timer.Stop()
	for _, confirm := range confirms {
		for confirm != nil && !settled(confirm) {
			select {
			case <-confirm.Done():
			case <-timer.C:
				left := c.conn.Patience(begun)
				if left <= 0 {
					return fmt.Errorf("no confirmation within %s", c.conn.Timeout())
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
			return c.conn.Explain(err)
		}
	default:
	}
	return c.conn.Explain(amqp.ErrClosed)
}

func settled(confirm *amqp.DeferredConfirmation) bool {
	select {
	case <-confirm.Done():
		return true
	default:
		return false
	}
}

// unroutable sets the errors of returned messages to ErrUnroutable, which is more precise than
// the error of the connection. Identical messages get the same error.
func (c *session) unroutable(messages []Message, errs []error) {
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

// open returns the connection, or a new one if it does not work.
func (p *Publisher) open(ctx context.Context) (*session, error) {
	if p.current != nil && !p.current.channel.IsClosed() {
		return p.current, nil
	}
	p.Close()
	conn, err := p.dialer.Dial(ctx)
	if err != nil {
		p.dialer.Skip()
		return nil, err
	}
	defer conn.CutWhenDone(ctx)()
	c := &session{conn: conn}
	blocked := conn.NotifyBlocked()
	c.watching.Go(func() { p.alarm.watch(conn, blocked) })
	if err := c.begin(&p.o); err != nil {
		c.end()
		return nil, err
	}
	p.current = c
	return c, nil
}

// begin prepares the connection for publishing.
func (c *session) begin(o *Options) (err error) {
	if o.Prepare != nil {
		if err := o.Prepare(c.conn); err != nil {
			return err
		}
	}
	if o.Exchange != "" {
		if err := declareExchange(c.conn, o.Exchange); err != nil {
			return err
		}
	}
	if c.channel, err = c.conn.OpenChannel(); err != nil {
		return err
	}
	c.closed = c.channel.NotifyClose(make(chan *amqp.Error, 1))
	c.returned = c.channel.NotifyReturn(make(chan amqp.Return, maxPublished))
	return c.conn.Guard("ask for confirmations", func() error { return c.channel.Confirm(false) })
}

// end closes the connection and waits for its goroutine.
func (c *session) end() {
	c.conn.Close()
	c.watching.Wait()
}

// Close ends the connection, if there is one.
func (p *Publisher) Close() {
	if p.current != nil {
		p.current.end()
	}
	p.current = nil
}
