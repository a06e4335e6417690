package broker

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Counter counts the messages of queues on a channel of its own, which a refusal closes,
// so that nothing else on the connection notices. It is for one goroutine.
type Counter struct {
	conn    *Connection
	channel *amqp.Channel // nil until it is needed, and after a failure
}

// NewCounter returns a counter. It has no channel yet.
func (c *Connection) NewCounter() *Counter { return &Counter{conn: c} }

// Count returns how many messages of a queue wait, and how many consumers it has. It waits for the answer
// until the connection ends: to cut that for a number would be out of proportion.
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

// Close gives the channel back.
func (c *Counter) Close() {
	if c.channel != nil {
		_ = c.channel.Close() // one that is closed already says so
		c.channel = nil
	}
}
