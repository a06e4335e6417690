package broker

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Queue describes a queue to declare or to use.
type Queue struct {
	// Name of the queue; if empty the broker generates one.
	Name string
	// Type is quorum, classic, stream or another type that the broker supports; if empty
	// the broker decides.
	Type string
	// Durable queues survive a restart of the broker.
	Durable bool
	// Exclusive queues belong to one connection and are deleted with it.
	Exclusive bool
	// AutoDelete queues are deleted with their last consumer.
	AutoDelete bool
	// SingleActive makes the broker deliver to one consumer at a time, and to the next one
	// only when that has gone.
	SingleActive bool
	// Priority is the priority of the consumer. The broker prefers consumers with a higher
	// one; for a quorum queue with a single active consumer, RabbitMQ 4 makes the one with
	// the highest priority active.
	Priority int
	// Arguments are any further arguments of queue.declare.
	Arguments map[string]any
}

// Transient reports whether the queue is deleted when the session ends.
func (q *Queue) Transient() bool { return q.Exclusive || q.AutoDelete }

// IsStream reports whether the queue is a stream, which keeps consumed messages.
func (q *Queue) IsStream() bool { return q.Type == amqp.QueueTypeStream }

// deliveryLimit is the argument of a quorum queue for how often a message may be
// redelivered; below zero there is no limit. RabbitMQ 4 drops a message after 20 times by
// default, and with it all that a process holds when it crashes that often. Before RabbitMQ 4
// there is no limit by default, and no value that means none.
const deliveryLimit = "x-delivery-limit"

// defaultDeliveryLimit is the default of RabbitMQ 4.
const defaultDeliveryLimit = 20

// DeliveryLimit returns how often a queue with these arguments redelivers a message; below 0
// there is no limit. A policy, which a client cannot see, can set it too; DeliveryLimit
// assumes the default then.
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

// HeaderDeliveryCount is the header with how often a quorum queue has delivered the message
// before.
const HeaderDeliveryCount = "x-delivery-count"

// Table returns all arguments of queue.declare, which must be valid for [TableOf].
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

// TableOn returns the arguments to declare the queue with on this broker: without a delivery
// limit unless Arguments has one.
func (q *Queue) TableOn(c *Connection) (amqp.Table, error) {
	args := q.Table()
	if !q.limited(c.majorVersion()) {
		return args, nil
	}
	return args, q.unlimit(c, args)
}

// Lacks reports whether the broker has no queue of this name. It uses a channel of its own,
// which the broker closes if there is none. Lacks is false if the broker does not answer.
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

// limited reports whether the broker would set a delivery limit by default.
func (q *Queue) limited(brokerVersion int) bool {
	_, asked := q.Arguments[deliveryLimit]
	return q.Type == amqp.QueueTypeQuorum && brokerVersion >= 4 && !asked
}

// unlimit declares the queue without a delivery limit and adds that to args. A queue that
// exists with a limit stays as an administrator or an older RabbitMQ made it. The declaration
// uses a channel of its own, which the broker closes if it refuses.
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
