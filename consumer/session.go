package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
)

// session is one connection with one consuming channel: an epoch. One goroutine opens,
// watches and closes it.
type session struct {
	conn    *broker.Connection
	channel *amqp.Channel
	settler *settle.Settler
	queue   declared
	tag     string // of the consumer

	deliveries <-chan amqp.Delivery
	broken     <-chan *amqp.Error // the connection ended
	closed     chan *amqp.Error   // the channel ended
	cancelled  chan string        // the broker ended the consumer
	unserved   chan struct{}      // closed when the broker does not deliver waiting messages
	ended      <-chan struct{}    // closed when the stream has been read to its end; may be nil
}

// openSession connects, declares the topology and begins to consume.
func openSession(ctx context.Context, d *broker.Dialer, t *topology, s *settle.Settler, prefetch int) (*session, error) {
	conn, err := d.Dial(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.CutWhenDone(ctx)()
	out := &session{
		conn: conn, settler: s, unserved: make(chan struct{}), ended: t.stream.ended(),
		tag: fmt.Sprintf("%s-%d", d.Name(), s.Epoch()),
	}
	if err := out.consume(t, prefetch); err != nil {
		conn.Close()
		return nil, err
	}
	return out, nil
}

func (s *session) consume(t *topology, prefetch int) (err error) {
	s.broken = s.conn.NotifyClose()
	if s.channel, err = s.conn.OpenChannel(); err != nil {
		return &broker.Failure{Cause: broker.CauseConnectionLost, Err: err}
	}
	s.closed = s.channel.NotifyClose(make(chan *amqp.Error, 1))
	s.cancelled = s.channel.NotifyCancel(make(chan string, 1))
	if s.queue, err = t.ready(s.conn, s.channel); err != nil {
		return err
	}
	err = s.conn.Guard(fmt.Sprintf("set prefetch to %d", prefetch), func() error {
		return s.channel.Qos(prefetch, 0, false)
	})
	if err != nil {
		return broker.TopologyFailure(err)
	}
	args, err := t.consumeArguments(s.conn, &s.queue)
	if err != nil {
		return err
	}
	return broker.TopologyFailure(s.conn.Guard(fmt.Sprintf("consume queue %q", s.queue.name), func() (err error) {
		s.deliveries, err = s.channel.Consume(s.queue.name, s.tag, false, false, false, false, args)
		return err
	}))
}

// watch blocks until the session must end, and returns the reason; nil is the end of ctx or
// of the stream. A holdLimit of 0 is no limit.
func (s *session) watch(ctx context.Context, holdLimit time.Duration) error {
	var check <-chan time.Time
	if holdLimit > 0 {
		t := time.NewTicker(max(holdLimit/16, time.Millisecond))
		defer t.Stop()
		check = t.C
	}
	cancelled := s.cancelled
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.ended:
			return nil
		case err := <-s.broken:
			return s.lost(broker.CauseConnectionLost, err)
		case err := <-s.closed:
			return s.channelClosed(err)
		case _, ok := <-cancelled:
			if !ok { // the library closed it with the channel; another case has the reason
				cancelled = nil
				continue
			}
			return &broker.Failure{Cause: broker.CauseCancelled, Err: fmt.Errorf("the broker ended the consumer: queue %q is gone or has moved", s.queue.name)}
		case <-s.unserved:
			return &broker.Failure{Cause: broker.CauseUnserved, Err: fmt.Errorf("messages wait in queue %q, and the broker hands none of them out", s.queue.name)}
		case <-check:
			if at, ok := s.settler.Oldest(); ok && time.Since(at) > holdLimit {
				return &broker.Failure{Cause: broker.CauseHeld, Err: fmt.Errorf("a delivery got no verdict for %s: all go back to queue %q", holdLimit, s.queue.name)}
			}
		}
	}
}

// channelClosed returns why the channel ended. If the connection ended too, that is the
// reason, and its notification has already been sent.
func (s *session) channelClosed(err *amqp.Error) error {
	select {
	case err := <-s.broken:
		return s.lost(broker.CauseConnectionLost, err)
	default:
		return s.lost(broker.CauseChannelClosed, err)
	}
}

func (s *session) lost(cause broker.Cause, err *amqp.Error) error {
	if err == nil {
		return &broker.Failure{Cause: cause, Err: errors.New("closed without a reason")}
	}
	return &broker.Failure{Cause: cause, Err: s.conn.Explain(err)}
}
