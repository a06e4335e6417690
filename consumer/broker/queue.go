package broker

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Queue is a queue to declare, or to find declared.
type Queue struct {
	// Name; if empty the broker makes one up.
	Name string
	// Type is quorum, classic, stream or whatever the broker knows; if empty the broker
	// decides.
	Type string
	// Durable queues outlive a restart of the broker.
	Durable bool
	// Exclusive queues belong to one connection and go with it.
	Exclusive bool
	// AutoDelete queues go with their last consumer.
	AutoDelete bool
	// SingleActive has the broker serve one consumer at a time and the next one
	// only when that is gone.
	SingleActive bool
	// Priority is the consumer's. The broker prefers consumers with a higher one; among those
	// of a quorum queue with a single active consumer, RabbitMQ 4 makes that one active.
	Priority int
	// Arguments are any further arguments of queue.declare.
	Arguments map[string]any
}

// Transient reports whether the queue goes when the session ends.
func (q *Queue) Transient() bool { return q.Exclusive || q.AutoDelete }

// IsStream reports whether the queue keeps what was consumed.
func (q *Queue) IsStream() bool { return q.Type == amqp.QueueTypeStream }

// deliveryLimit is the argument of a quorum queue that says how often a message
// may come again; below zero it may for ever. RabbitMQ 4 drops one after 20 times
// unless told otherwise, and so all that a process has in hand when it crashes
// that often. Before RabbitMQ 4 there is no limit, and no way to write that down.
const deliveryLimit = "x-delivery-limit"

// defaultDeliveryLimit is the one of RabbitMQ 4.
const defaultDeliveryLimit = 20

// DeliveryLimit returns how often a queue with these arguments lets a message
// come again; below 0 is for ever. A policy can set it too, which we cannot see: the
// default is the best guess then.
func (c *Connection) DeliveryLimit(args amqp.Table) int64 {
	switch v := args[deliveryLimit].(type) {
	case int32:
		return int64(v)
	case int64:
		return v
	}
	if c.majorVersion() < 4 || args[amqp.QueueTypeArg] == amqp.QueueTypeStream {
		return -1
	}
	return defaultDeliveryLimit
}

// HeaderDeliveryCount tells how often a quorum queue has delivered the message before.
const HeaderDeliveryCount = "x-delivery-count"

// Table returns all arguments of queue.declare. They were checked at the start.
func (q *Queue) Table() amqp.Table {
	args, _ := TableOf(q.Arguments)
	if args == nil {
		args = amqp.Table{}
	}
	if q.Type != "" {
		args[amqp.QueueTypeArg] = q.Type
	}
	if q.SingleActive {
		args[amqp.SingleActiveConsumerArg] = true
	}
	return args
}

// consumerPriority is the argument of basic.consume for a consumer's priority.
const consumerPriority = "x-priority"

// ConsumeTable returns the arguments of basic.consume.
func (q *Queue) ConsumeTable() amqp.Table {
	if q.Priority == 0 {
		return nil
	}
	return amqp.Table{consumerPriority: int32(q.Priority)}
}

// TableOn returns the arguments to declare the queue with on this broker: without a
// limit of deliveries if none was asked for.
func (q *Queue) TableOn(c *Connection) (amqp.Table, error) {
	args := q.Table()
	if !q.limited(c.majorVersion()) {
		return args, nil
	}
	return args, q.unlimit(c, args)
}

// Lacks reports whether the broker has no queue of a name. The question has a channel of
// its own, which the answer closes. Where the broker does not say, it has it.
func (c *Connection) Lacks(name string) bool {
	if name == "" {
		return true
	}
	ch, err := c.OpenChannel()
	if err != nil {
		return false
	}
	err = c.Guard(fmt.Sprintf("look for queue %q", name), func() error {
		_, err := ch.QueueDeclarePassive(name, false, false, false, false, nil)
		return err
	})
	if err == nil {
		_ = c.Guard("close a channel", ch.Close)
	}
	return ReplyCode(err) == amqp.NotFound
}

// limited reports whether the broker would limit the queue although it was not asked
// to.
func (q *Queue) limited(brokerVersion int) bool {
	_, asked := q.Arguments[deliveryLimit]
	return q.Type == amqp.QueueTypeQuorum && brokerVersion >= 4 && !asked
}

// unlimit declares the queue without a limit and notes it in args. A queue that
// exists with one stays as it is: an administrator made it so, or an older
// RabbitMQ. The declaration has a channel of its own, which a refusal closes.
func (q *Queue) unlimit(c *Connection, args amqp.Table) error {
	ch, err := c.OpenChannel()
	if err != nil {
		return TopologyFailure(err)
	}
	args[deliveryLimit] = int32(-1)
	err = c.Guard(fmt.Sprintf("declare queue %q", q.Name), func() error {
		_, err := ch.QueueDeclare(q.Name, q.Durable, q.AutoDelete, q.Exclusive, false, args)
		return err
	})
	if ReplyCode(err) == amqp.PreconditionFailed {
		delete(args, deliveryLimit)
		return nil
	}
	if err != nil {
		return TopologyFailure(err)
	}
	return TopologyFailure(c.Guard("close a channel", ch.Close))
}
