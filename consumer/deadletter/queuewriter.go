package deadletter

import (
	"context"
	"errors"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
)

// QueueWriter stores dead letters in a queue.
type QueueWriter struct {
	queue     broker.Queue
	publisher *publish.Publisher
}

// WriterOptions configure a [QueueWriter].
type WriterOptions struct {
	Broker broker.Options
	// Queue is the name of the queue, and Type its type if it is declared.
	Queue, Type string
	// Declare makes each connection declare the queue.
	Declare bool
	Log     zerolog.Logger
}

// NewQueueWriter returns a writer. It connects for the first letter.
func NewQueueWriter(o WriterOptions) *QueueWriter {
	w := &QueueWriter{queue: broker.Queue{Name: o.Queue, Type: o.Type, Durable: true}}
	p := publish.Options{Broker: o.Broker, Log: o.Log}
	if o.Declare {
		p.Prepare = w.Declare
	}
	w.publisher = publish.New(p)
	return w
}

// Put publishes a letter and waits until the broker has confirmed it.
func (w *QueueWriter) Put(ctx context.Context, letter message.DeadLetter) error {
	m := publish.Message{Key: w.queue.Name, Publishing: publishing(letter), Trim: Trim}
	err := w.publisher.Publish(ctx, []publish.Message{m})[0]
	switch {
	case err == nil:
		return nil
	case errors.Is(err, publish.ErrUnroutable):
		w.publisher.Close() // the next connection declares it again
		err = errors.New("the queue does not exist")
	}
	err = fmt.Errorf("dead-letter queue %q: %w", w.queue.Name, err)
	if broker.ReplyCode(err) == amqp.AccessRefused {
		return fmt.Errorf("%w: %s", err, useFile)
	}
	return err
}

// Blocked returns why the broker accepts no letters at the moment; "" if it does. It may be
// called at any time.
func (w *QueueWriter) Blocked() string { return w.publisher.Blocked() }

// Close ends the connection, if there is one.
func (w *QueueWriter) Close() { w.publisher.Close() }

// Declare declares the queue without a delivery limit, because looking at letters delivers
// them. A queue that exists with other arguments is used as it is. The declaration uses a
// channel of its own, which the broker closes if it refuses.
func (w *QueueWriter) Declare(c *broker.Connection) error {
	q := &w.queue
	args, err := q.TableOn(c)
	if err != nil {
		return declareFailure(err)
	}
	ch, err := c.OpenChannel()
	if err != nil {
		return broker.TopologyFailure(err)
	}
	err = c.Guard(fmt.Sprintf("declare dead-letter queue %q", q.Name), func() error {
		_, err := ch.QueueDeclare(q.Name, q.Durable, false, false, false, args)
		return err
	})
	if broker.ReplyCode(err) == amqp.PreconditionFailed {
		return nil
	}
	if err != nil {
		return declareFailure(err)
	}
	return broker.TopologyFailure(c.Guard("close a channel", ch.Close))
}

// declareFailure adds a hint to the error if the broker does not allow such a queue.
func declareFailure(err error) error {
	if broker.ReplyCode(err) == amqp.AccessRefused {
		return &broker.Failure{Cause: broker.CauseTopology, Hint: useFile, Err: err}
	}
	return broker.TopologyFailure(err)
}

const useFile = "the broker does not allow a dead-letter queue: set dead_letters: file"
