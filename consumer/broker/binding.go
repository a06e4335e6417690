package broker

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Binding binds a queue to an exchange, which must exist: many brokers do not allow clients
// to declare one.
type Binding struct {
	Exchange string
	// Keys are routing keys, or patterns for a topic exchange. Without any the key is empty.
	Keys []string
	// Arguments of queue.bind, for a headers exchange.
	Arguments map[string]any
}

// Bind binds a queue on a channel.
func (b *Binding) Bind(c *Connection, ch *amqp.Channel, queue string) error {
	args, _ := TableOf(b.Arguments)
	keys := b.Keys
	if len(keys) == 0 {
		keys = []string{""}
	}
	for _, key := range keys {
		err := c.Guard(fmt.Sprintf("bind queue %q to exchange %q with key %q", queue, b.Exchange, key), func() error {
			return ch.QueueBind(queue, key, b.Exchange, false, args)
		})
		if err != nil {
			return TopologyFailure(err)
		}
	}
	return nil
}
