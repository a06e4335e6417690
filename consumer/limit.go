package consumer

import (
	"context"
	"errors"
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

// defaultDeliveryLimit is the one of RabbitMQ 4.
const defaultDeliveryLimit = 20

// deliveryLimitOf returns how often a queue with these arguments lets a message
// come again; below 0 is for ever. A policy can set it too, which we cannot see: the
// default is the best guess then.
func deliveryLimitOf(args amqp.Table, l *link) int64 {
	switch v := args[deliveryLimit].(type) {
	case int32:
		return int64(v)
	case int64:
		return v
	}
	if l.majorVersion() < 4 {
		return -1
	}
	return defaultDeliveryLimit
}

// headerDeliveryCount is how often a quorum queue has delivered the message before.
const headerDeliveryCount = "x-delivery-count"

// isLast reports whether the broker would drop a delivery that is given back. It is
// called by the receiver alone.
func (p *pipeline[T]) isLast(d *Delivery) bool {
	count, ok := d.Headers[headerDeliveryCount].(int64)
	if !ok || p.deliveryLimit < 0 || count < p.deliveryLimit {
		return false
	}
	p.last = append(p.last, d)
	return true
}

// errNoVerdict is the error of a delivery that is a dead letter only because it
// cannot be given back.
var errNoVerdict = errors.New("the queue drops a message that it has delivered so often, and there was no verdict in time")

// saveLast makes dead letters of those that have no verdict and that the broker
// would drop if they were given back. The pipeline has ended.
func (p *pipeline[T]) saveLast(ctx context.Context) {
	for _, d := range p.last {
		if p.settler.pending(d) {
			p.dead.put(ctx, newDeadLetter(&item[T]{d: d}, ReasonDeliveryLimit, errNoVerdict))
		}
	}
}

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
