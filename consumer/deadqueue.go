package consumer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"
)

// Headers that a dead letter has beside its own.
const (
	HeaderReason     = "x-kojiwatch-reason"
	HeaderError      = "x-kojiwatch-error"
	HeaderTime       = "x-kojiwatch-time" // RFC 3339, UTC
	HeaderExchange   = "x-kojiwatch-exchange"
	HeaderRoutingKey = "x-kojiwatch-routing-key"
	HeaderQueue      = "x-kojiwatch-queue"
	HeaderSink       = "x-kojiwatch-sink"

	// The vain attempts, where there were any.
	HeaderAttempts = "x-kojiwatch-attempts"
	HeaderFirst    = "x-kojiwatch-first-attempt" // RFC 3339, UTC
	HeaderLast     = "x-kojiwatch-last-attempt"  // RFC 3339, UTC

	// The properties a dead letter cannot keep, where the message had them.
	HeaderUserID     = "x-kojiwatch-user-id"
	HeaderExpiration = "x-kojiwatch-expiration"
	HeaderCC         = "x-kojiwatch-cc"
	HeaderBCC        = "x-kojiwatch-bcc"

	// HeaderTrimmed names the headers that were left out because the broker takes
	// no more bytes of them.
	HeaderTrimmed = "x-kojiwatch-trimmed"
)

// deadQueue keeps dead letters in a queue.
type deadQueue struct {
	publisher *Publisher
	name      string
}

func newDeadQueue(d *dialer, t *topology, log *zerolog.Logger) *deadQueue {
	p := newPublisher(d, log)
	if t.declare == Active {
		p.prepare = t.declareDeadQueue
	}
	return &deadQueue{publisher: p, name: t.deadQueue}
}

// Put publishes a letter and waits until the broker has confirmed that the queue
// has it.
func (q *deadQueue) Put(ctx context.Context, letter DeadLetter) error {
	err := q.publisher.Publish(ctx, []Message{{Key: q.name, Publishing: letter.publishing()}})[0]
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnroutable):
		q.publisher.Close() // the next connection declares it again
		err = errors.New("the queue does not exist")
	}
	err = fmt.Errorf("dead-letter queue %q: %w", q.name, err)
	if replyCode(err) == amqp.AccessRefused {
		return fmt.Errorf("%w: %s", err, deadLettersToFile)
	}
	return err
}

func (q *deadQueue) close() { q.publisher.Close() }

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
	if l.Sink != "" {
		h[HeaderSink] = l.Sink
	}
	if l.Attempts > 0 {
		h[HeaderAttempts] = int64(l.Attempts)
		h[HeaderFirst] = l.First.Format(time.RFC3339Nano)
		h[HeaderLast] = l.Last.Format(time.RFC3339Nano)
	}
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
