package broker

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Counter counts the messages of queues. It uses a channel of its own, because the broker
// closes the channel when it refuses. It is for one goroutine.
type Counter struct {
	conn    *Connection
	channel *amqp.Channel // nil until it is needed, and after a failure
}

// NewCounter returns a counter. It opens its channel when it is needed.
func (c *Connection) NewCounter() *Counter { return &Counter{conn: c} }

// Count returns the number of messages that wait in a queue and of its consumers. It has no
// time limit: a count is not worth cutting the connection for.
func (c *Counter) Count(queue string) (messages, consumers int, err error) {
	if c.channel == nil {
		ch, err := c.conn.amqp.Channel()
		if err != nil {
			return 0, 0, fmt.Errorf("open a channel: %w", c.conn.Explain(err))
		}
		c.channel = ch
	}
	q, err := c.channel.QueueDeclarePassive(queue, false, false, false, false, nil)
	if err != nil {
		c.Close()
		return 0, 0, fmt.Errorf("count the messages of queue %q: %w", queue, c.conn.Explain(err))
	}
	return q.Messages, q.Consumers, nil
}

// Close closes the channel.
func (c *Counter) Close() {
	if c.channel != nil {
		_ = c.channel.Close() // fails if the broker has closed it
		c.channel = nil
	}
}
