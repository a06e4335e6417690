package consumer

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
)

// topology describes what a session needs on the broker before it can consume.
type topology struct {
	queue     Queue
	bindings  []Binding
	declare   Declare
	deadQueue *deadletter.QueueWriter // nil: dead letters do not go to a queue
}

// ready declares what may be declared and returns the queue's name and how often it
// lets a message come again. No exchange is ever declared: on a locked-down broker
// even one that exists is refused.
func (t *topology) ready(c *broker.Connection, ch *amqp.Channel) (name string, deliveryLimit int64, err error) {
	name, deliveryLimit, err = t.declareQueue(c, ch)
	if err != nil || t.declare == None {
		return name, deliveryLimit, err
	}
	for _, b := range t.bindings {
		if err := b.Bind(c, ch, name); err != nil {
			return "", 0, err
		}
	}
	if t.deadQueue == nil || t.declare != Active {
		return name, deliveryLimit, nil
	}
	return name, deliveryLimit, t.deadQueue.Declare(c)
}

func (t *topology) declareQueue(c *broker.Connection, ch *amqp.Channel) (name string, deliveryLimit int64, err error) {
	q := &t.queue
	declare, verb, args := ch.QueueDeclare, "declare", q.Table()
	switch t.declare {
	case None:
		return q.Name, c.DeliveryLimit(args), nil
	case Passive:
		declare, verb = ch.QueueDeclarePassive, "find"
	case Active:
		if args, err = q.TableOn(c); err != nil {
			return "", 0, err
		}
	}
	var made amqp.Queue
	err = c.Guard(fmt.Sprintf("%s queue %q", verb, q.Name), func() (err error) {
		made, err = declare(q.Name, q.Durable, q.AutoDelete, q.Exclusive, false, args)
		return err
	})
	if err != nil {
		return "", 0, broker.TopologyFailure(err)
	}
	return made.Name, c.DeliveryLimit(args), nil
}
