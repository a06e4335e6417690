package consumer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Headers that a dead letter has beside its own.
const (
	HeaderReason     = "x-kojiwatch-reason"
	HeaderError      = "x-kojiwatch-error"
	HeaderTime       = "x-kojiwatch-time" // RFC 3339, UTC
	HeaderExchange   = "x-kojiwatch-exchange"
	HeaderRoutingKey = "x-kojiwatch-routing-key"
	HeaderQueue      = "x-kojiwatch-queue"

	// The properties a dead letter cannot keep, where the message had them.
	HeaderUserID     = "x-kojiwatch-user-id"
	HeaderExpiration = "x-kojiwatch-expiration"
	HeaderCC         = "x-kojiwatch-cc"
	HeaderBCC        = "x-kojiwatch-bcc"
)

// deadQueue keeps dead letters in a queue. It has a connection of its own, made
// when the first letter comes: a broker short of memory stops reading from
// connections that publish, and must not stop reading our acknowledgements.
type deadQueue struct {
	dialer   *dialer
	topology *topology

	link     *link
	channel  *amqp.Channel
	closed   chan *amqp.Error
	returned chan amqp.Return
}

func newDeadQueue(d *dialer, t *topology) *deadQueue { return &deadQueue{dialer: d, topology: t} }

// Put publishes a letter and waits until the broker has confirmed that the queue
// has it.
func (q *deadQueue) Put(ctx context.Context, letter DeadLetter) error {
	err := q.open(ctx)
	if err == nil {
		err = q.publish(ctx, letter)
	}
	if err == nil {
		return nil
	}
	q.close() // and begin anew next time
	err = fmt.Errorf("dead-letter queue %q: %w", q.topology.deadQueue, err)
	if replyCode(err) == amqp.AccessRefused {
		return fmt.Errorf("%w: %s", err, deadLettersToFile)
	}
	return err
}

func (q *deadQueue) open(ctx context.Context) error {
	if q.link != nil && !q.channel.IsClosed() {
		return nil
	}
	q.close()
	l, err := q.dialer.dial(ctx)
	if err != nil {
		q.dialer.turn++
		return err
	}
	defer context.AfterFunc(ctx, func() { l.wire.cut(context.Cause(ctx)) })()
	q.link = l
	if q.topology.declare == Active {
		if err := q.topology.declareDeadQueue(l); err != nil {
			return err
		}
	}
	if q.channel, err = l.channel(); err != nil {
		return err
	}
	q.closed = q.channel.NotifyClose(make(chan *amqp.Error, 1))
	q.returned = q.channel.NotifyReturn(make(chan amqp.Return, 1))
	return l.guard("ask for confirmations", func() error { return q.channel.Confirm(false) })
}

func (q *deadQueue) publish(ctx context.Context, letter DeadLetter) error {
	defer context.AfterFunc(ctx, func() { q.link.wire.cut(context.Cause(ctx)) })()
	confirm, err := q.channel.PublishWithDeferredConfirm("", q.topology.deadQueue, true, false, letter.publishing())
	if err != nil {
		return q.link.explain(err)
	}
	timeout := time.NewTimer(q.link.timeout)
	defer timeout.Stop()
	select {
	case <-confirm.Done():
	case <-timeout.C:
		return fmt.Errorf("no confirmation within %s", q.link.timeout)
	}
	if !confirm.Acked() {
		return q.refused()
	}
	select {
	case <-q.returned: // comes before the confirmation
		return errors.New("the queue does not exist")
	default:
		return nil
	}
}

// refused says why a letter was not confirmed.
func (q *deadQueue) refused() error {
	select {
	case err := <-q.closed: // comes before the confirmation
		if err != nil {
			return q.link.explain(err)
		}
	default:
	}
	return errors.New("the broker did not confirm it")
}

func (q *deadQueue) close() {
	if q.link != nil {
		q.link.close()
	}
	q.link, q.channel = nil, nil
}

// publishing is the letter as it goes to a queue: the message as it was, with what
// happened in headers of its own. Left out is what would have the broker refuse
// it, drop it again or send copies elsewhere.
func (l DeadLetter) publishing() amqp.Publishing {
	p := l.Publishing()
	h := maps.Clone(p.Headers)
	if h == nil {
		h = amqp.Table{}
	}
	h[HeaderReason] = l.Reason
	h[HeaderError] = l.Error
	h[HeaderTime] = l.Time.Format(time.RFC3339Nano)
	h[HeaderExchange] = l.Exchange
	h[HeaderRoutingKey] = l.RoutingKey
	h[HeaderQueue] = l.Queue
	moveHeader(h, "CC", HeaderCC)
	moveHeader(h, "BCC", HeaderBCC)
	if p.UserId != "" {
		h[HeaderUserID], p.UserId = p.UserId, ""
	}
	if p.Expiration != "" {
		h[HeaderExpiration], p.Expiration = p.Expiration, ""
	}
	p.Headers, p.DeliveryMode = h, amqp.Persistent
	return p
}

func moveHeader(h amqp.Table, from, to string) {
	if v, ok := h[from]; ok {
		h[to] = v
		delete(h, from)
	}
}
