package consumer

import (
	"fmt"
	"strconv"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"
)

// deliveryLimit is the argument of a quorum queue that says how often a message
// may come again; below zero it may for ever. RabbitMQ 4 drops one after 20 times
// unless told otherwise, and so all that a process has in hand when it crashes
// that often. Before RabbitMQ 4 there is no limit, and no way to write that down.
const deliveryLimit = "x-delivery-limit"

// limited tells whether the broker would limit the queue although nobody asked it
// to.
func (q *Queue) limited(brokerVersion int) bool {
	_, asked := q.Arguments[deliveryLimit]
	return q.Type == amqp.QueueTypeQuorum && brokerVersion >= 4 && !asked
}

// unlimit declares the queue without a limit and notes it in args. A queue that
// exists with one stays as it is: an administrator made it so, or an older
// RabbitMQ. The declaration has a channel of its own, which a refusal closes.
func (q *Queue) unlimit(l *link, args amqp.Table) error {
	ch, err := l.channel()
	if err != nil {
		return topologyFailure(err)
	}
	args[deliveryLimit] = int32(-1)
	err = l.guard(fmt.Sprintf("declare queue %q", q.Name), func() error {
		_, err := ch.QueueDeclare(q.Name, q.Durable, q.AutoDelete, q.Exclusive, false, args)
		return err
	})
	if replyCode(err) == amqp.PreconditionFailed {
		delete(args, deliveryLimit)
		return nil
	}
	if err != nil {
		return topologyFailure(err)
	}
	return topologyFailure(l.guard("close a channel", ch.Close))
}

// majorVersion is the first part of the broker's version; 0 if it tells none.
func (l *link) majorVersion() int {
	version, _ := l.Properties["version"].(string)
	first, _, _ := strings.Cut(version, ".")
	major, _ := strconv.Atoi(first)
	return major
}
