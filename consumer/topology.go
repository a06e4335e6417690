package consumer

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
)

// topology describes the queue, bindings and dead-letter queue that a session needs.
type topology struct {
	queue     Queue
	bindings  []Binding
	declare   Declare
	deadQueue *deadletter.QueueWriter // nil: dead letters do not go to a queue
	noticeNew bool                    // see Options.NoticeNewQueue
	stream    *stream                 // nil unless the queue is a stream
}

// declared is a queue as a session finds it.
type declared struct {
	name string
	// deliveryLimit is how often the queue redelivers a message before the broker drops it;
	// below 0 there is no limit.
	deliveryLimit int64
	isNew         bool // it did not exist before; only set if noticeNew is, or for a stream
	consumers     int  // the number of other consumers; 0 if unknown
}

// ready declares the queues and bindings that Declare allows. It never declares an exchange:
// a locked-down broker refuses that even for one that exists.
func (t *topology) ready(c *broker.Connection, ch *amqp.Channel) (declared, error) {
	q, err := t.declareQueue(c, ch)
	if err != nil || t.declare == None {
		return q, err
	}
	for _, b := range t.bindings {
		if err := b.Bind(c, ch, q.name); err != nil {
			return declared{}, err
		}
	}
	if t.deadQueue == nil || t.declare != Active {
		return q, nil
	}
	return q, t.deadQueue.Declare(c)
}

// consumeArguments returns the arguments of basic.consume.
func (t *topology) consumeArguments(c *broker.Connection, q *declared) (amqp.Table, error) {
	if t.stream != nil {
		return t.stream.arguments(c, q)
	}
	return t.queue.ConsumeTable(), nil
}

func (t *topology) declareQueue(c *broker.Connection, ch *amqp.Channel) (out declared, err error) {
	q := &t.queue
	declare, verb, args := ch.QueueDeclare, "declare", q.Table()
	switch t.declare {
	case None:
		return declared{name: q.Name, deliveryLimit: c.DeliveryLimit(args)}, nil
	case Passive:
		declare, verb = ch.QueueDeclarePassive, "find"
	case Active:
		if (t.noticeNew || t.stream != nil) && c.Lacks(q.Name) {
			out.isNew = true
		}
		if args, err = q.TableOn(c); err != nil {
			return declared{}, err
		}
	}
	var made amqp.Queue
	err = c.Guard(fmt.Sprintf("%s queue %q", verb, q.Name), func() (err error) {
		made, err = declare(q.Name, q.Durable, q.AutoDelete, q.Exclusive, false, args)
		return err
	})
	if err != nil {
		return declared{}, broker.TopologyFailure(err)
	}
	out.name, out.deliveryLimit, out.consumers = made.Name, c.DeliveryLimit(args), made.Consumers
	return out, nil
}
