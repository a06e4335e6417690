package deadletter

import (
	"context"
	"fmt"
	"io"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
)

// maxLooks is how often letters of a quorum queue may be delivered before they can no longer
// be looked at: the broker drops them at 20, the default delivery limit.
const maxLooks = 15

// Queue reads a queue of dead letters, one by one from the front. When it is closed, the
// broker puts letters that were neither dropped nor sent back into their place again. One
// goroutine at a time may use it.
type Queue struct {
	name      string
	sink      string // the queue of the sink
	conn      *broker.Connection
	channel   *amqp.Channel
	publisher *publish.Publisher
	looked    bool
	left      uint32 // letters that were there when the first was taken
}

// OpenQueue connects to the broker of a queue of dead letters, which go back into the
// queue of the sink.
func OpenQueue(ctx context.Context, o publish.Options, dead, queue string) (*Queue, error) {
	conn, err := broker.NewDialer(o.Broker).Dial(ctx)
	if err != nil {
		return nil, err
	}
	ch, err := conn.OpenChannel()
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &Queue{name: dead, sink: queue, conn: conn, channel: ch, publisher: publish.New(o)}, nil
}

// Next implements [Source]. It ends after the last letter that was there when the first was
// taken, because one that is sent back may become a dead letter again.
func (q *Queue) Next(ctx context.Context, look bool) (*Letter, error) {
	if q.looked && q.left == 0 {
		return nil, io.EOF
	}
	in, ok, err := q.get(ctx)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, io.EOF
	}
	if !q.looked {
		q.looked, q.left = true, in.MessageCount+1
	}
	q.left--
	letter, looks := letterOf(&in, q.name)
	if looks >= maxLooks && look {
		return nil, fmt.Errorf("these letters have been looked at %d times; the broker drops what a quorum queue has handed out 20 times, so look no more: retry or drop them", looks)
	}
	drop := func() error {
		return q.conn.Guard("drop a dead letter", func() error { return q.channel.Ack(in.DeliveryTag, false) })
	}
	return &Letter{
		DeadLetter: letter,
		Drop:       drop,
		// Between the two steps the message is in both queues: after a failure there it is
		// delivered twice, with the same id, and never lost.
		Retry: func(ctx context.Context) error {
			if err := sendBack(ctx, q.publisher, letter.Delivery, q.sink); err != nil {
				return err
			}
			return drop()
		},
	}, nil
}

func (q *Queue) get(ctx context.Context) (in amqp.Delivery, ok bool, err error) {
	defer q.conn.CutWhenDone(ctx)()
	err = q.conn.Guard(fmt.Sprintf("look into queue %q", q.name), func() (err error) {
		in, ok, err = q.channel.Get(q.name, false)
		return err
	})
	return in, ok, err
}

// Close gives letters back to the queue and closes the connections.
func (q *Queue) Close(context.Context) error {
	q.publisher.Close()
	q.conn.Close()
	return nil
}
