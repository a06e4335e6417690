package consumer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Letters reads a queue of dead letters, one by one from the front. What is
// neither dropped nor sent back stays in the queue: when the letters are closed
// the broker puts it back in its place. One goroutine at a time may use it.
type Letters struct {
	queue     string
	link      *link
	channel   *amqp.Channel
	publisher *Publisher
	looked    bool
	left      uint32 // letters that were there when the first was taken
}

// OpenLetters connects to the broker of a dead-letter queue.
func OpenLetters(ctx context.Context, o PublisherOptions, queue string) (*Letters, error) {
	p := NewPublisher(o)
	l, err := p.dialer.dial(ctx)
	if err != nil {
		return nil, err
	}
	ch, err := l.channel()
	if err != nil {
		l.close()
		return nil, err
	}
	return &Letters{queue: queue, link: l, channel: ch, publisher: p}, nil
}

// Letter is a dead letter in its queue. Its delivery is the message as it was
// before it died.
type Letter struct {
	DeadLetter
	// Looks is how often the broker says it was handed out before; quorum queues
	// count that, and drop what reaches their limit, 20 by default.
	Looks int64
	tag   uint64
}

// Next takes the next letter in hand; at the end of the queue the error is
// io.EOF. The end is behind the last letter that was there when the first was taken:
// one that is sent back may die again.
func (l *Letters) Next(ctx context.Context) (*Letter, error) {
	if l.looked && l.left == 0 {
		return nil, io.EOF
	}
	defer context.AfterFunc(ctx, func() { l.link.wire.cut(context.Cause(ctx)) })()
	var in amqp.Delivery
	var ok bool
	err := l.link.guard(fmt.Sprintf("look into queue %q", l.queue), func() (err error) {
		in, ok, err = l.channel.Get(l.queue, false)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, io.EOF
	}
	if !l.looked {
		l.looked, l.left = true, in.MessageCount+1
	}
	l.left--
	return letterOf(&in, l.queue), nil
}

func letterOf(in *amqp.Delivery, queue string) *Letter {
	text := func(name string) string {
		s, _ := in.Headers[name].(string)
		return s
	}
	at := func(name string) time.Time {
		t, _ := time.Parse(time.RFC3339Nano, text(name)) // zero if it was tampered with
		return t
	}
	out := &Letter{tag: in.DeliveryTag}
	out.Looks, _ = in.Headers[headerDeliveryCount].(int64)
	out.Sink, out.Reason, out.Error = plainText(text(HeaderSink), maxSink), plainText(text(HeaderReason), maxReason), plainText(text(HeaderError), maxErrorText)
	out.Time, out.First, out.Last = at(HeaderTime), at(HeaderFirst), at(HeaderLast)
	attempts, _ := in.Headers[HeaderAttempts].(int64)
	out.Attempts = int(attempts)
	d := received(in, text(HeaderQueue), 0, time.Time{})
	d.Headers = maps.Clone(d.Headers)
	for _, name := range append(deathHeaders(), headerDeliveryCount) {
		delete(d.Headers, name)
	}
	d.revive()
	if d.Queue == "" {
		d.Queue = queue
	}
	out.Delivery = d
	return out
}

// deathHeaders are those that say what became of a message, not what it was.
func deathHeaders() []string {
	return []string{HeaderReason, HeaderError, HeaderTime, HeaderQueue, HeaderSink, HeaderAttempts, HeaderFirst, HeaderLast}
}

// revive gives a message that comes from the dead letters back what it was
// published with. It is one if it has come through the default exchange with
// these headers, which nobody puts there but who may publish to the queue anyway.
func (d *Delivery) revive() {
	key, ok := d.Headers[HeaderRoutingKey].(string)
	if !ok || d.Exchange != "" {
		return
	}
	d.RoutingKey = key
	d.Exchange, _ = d.Headers[HeaderExchange].(string)
	if user, ok := d.Headers[HeaderUserID].(string); ok {
		d.UserID = user
	}
	if expiration, ok := d.Headers[HeaderExpiration].(string); ok {
		d.Expiration = expiration
	}
	h := amqp.Table(maps.Clone(d.Headers))
	moveHeader(h, HeaderCC, "CC")
	moveHeader(h, HeaderBCC, "BCC")
	for _, name := range []string{HeaderRoutingKey, HeaderExchange, HeaderUserID, HeaderExpiration} {
		delete(h, name)
	}
	d.Headers = h
}

// Drop takes a letter out of the queue, for good.
func (l *Letters) Drop(letter *Letter) error {
	return l.link.guard("drop a dead letter", func() error { return l.channel.Ack(letter.tag, false) })
}

// Retry puts a letter back into the queue of its sink and, once the broker has
// confirmed that, takes it from the dead ones. Between the two it is in both: if
// anything breaks there, it comes twice, with one id, and is never lost.
func (l *Letters) Retry(ctx context.Context, letter *Letter, queue string) error {
	if err := l.publisher.SendBack(ctx, letter.Delivery, queue); err != nil {
		return err
	}
	return l.Drop(letter)
}

// ErrNotAllowed is that the broker lets nobody publish, or not this user.
var ErrNotAllowed = errors.New("the broker does not let this user publish")

// SendBack puts a message that died into a queue, confirmed.
func (p *Publisher) SendBack(ctx context.Context, d *Delivery, queue string) error {
	m := DeadLetter{Delivery: d}.publishing()
	for _, name := range deathHeaders() {
		delete(m.Headers, name)
	}
	err := p.Publish(ctx, []Message{{Key: queue, Publishing: m}})[0]
	switch {
	case errors.Is(err, ErrUnroutable):
		return fmt.Errorf("queue %q does not exist", queue)
	case replyCode(err) == amqp.AccessRefused:
		return fmt.Errorf("publish to queue %q: %w (%w)", queue, ErrNotAllowed, err)
	case err != nil:
		return fmt.Errorf("publish to queue %q: %w", queue, err)
	}
	return nil
}

// Close gives back what is in hand and ends the connections.
func (l *Letters) Close() {
	l.publisher.Close()
	l.link.close()
}
