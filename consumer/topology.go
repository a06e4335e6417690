package consumer

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// topology is what a session needs on the broker before it can consume.
type topology struct {
	queue     Queue
	bindings  []Binding
	declare   Declare
	deadQueue string // empty: dead letters do not go to a queue
}

// ready declares what may be declared and returns the queue's name and how often it
// lets a message come again. No exchange is ever declared: on a locked-down broker
// even one that exists is refused.
func (t *topology) ready(l *link, ch *amqp.Channel) (name string, deliveryLimit int64, err error) {
	name, deliveryLimit, err = t.declareQueue(l, ch)
	if err != nil || t.declare == None {
		return name, deliveryLimit, err
	}
	for _, b := range t.bindings {
		if err := bind(l, ch, name, b); err != nil {
			return "", 0, err
		}
	}
	if t.deadQueue == "" || t.declare != Active {
		return name, deliveryLimit, nil
	}
	return name, deliveryLimit, t.declareDeadQueue(l)
}

func (t *topology) declareQueue(l *link, ch *amqp.Channel) (name string, deliveryLimit int64, err error) {
	q := &t.queue
	if t.declare == None {
		return q.Name, deliveryLimitOf(q.arguments(), l), nil
	}
	declare, verb := ch.QueueDeclare, "declare"
	if t.declare == Passive {
		declare, verb = ch.QueueDeclarePassive, "find"
	}
	args := q.arguments()
	if t.declare == Active && q.limited(l.majorVersion()) {
		if err := q.unlimit(l, args); err != nil {
			return "", 0, err
		}
	}
	var made amqp.Queue
	err = l.guard(fmt.Sprintf("%s queue %q", verb, q.Name), func() (err error) {
		made, err = declare(q.Name, q.Durable, q.AutoDelete, q.Exclusive, false, args)
		return err
	})
	if err != nil {
		return "", 0, topologyFailure(err)
	}
	return made.Name, deliveryLimitOf(args, l), nil
}

// arguments are all those of queue.declare. They were checked at the start.
func (q *Queue) arguments() amqp.Table {
	args, _ := tableOf(q.Arguments)
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

func bind(l *link, ch *amqp.Channel, queue string, b Binding) error {
	args, _ := tableOf(b.Arguments)
	keys := b.Keys
	if len(keys) == 0 {
		keys = []string{""}
	}
	for _, key := range keys {
		err := l.guard(fmt.Sprintf("bind queue %q to exchange %q with key %q", queue, b.Exchange, key), func() error {
			return ch.QueueBind(queue, key, b.Exchange, false, args)
		})
		if err != nil {
			return topologyFailure(err)
		}
	}
	return nil
}

// declareDeadQueue does so on a channel of its own, which a refusal closes. One that
// exists with other arguments does as well. It has no limit of deliveries either: to
// look at letters is to have them delivered.
func (t *topology) declareDeadQueue(l *link) error {
	dead := Queue{Name: t.deadQueue, Type: t.queue.Type, Durable: true}
	args := dead.arguments()
	if dead.limited(l.majorVersion()) {
		if err := dead.unlimit(l, args); err != nil {
			return deadQueueFailure(err)
		}
	}
	ch, err := l.channel()
	if err != nil {
		return topologyFailure(err)
	}
	err = l.guard(fmt.Sprintf("declare dead-letter queue %q", t.deadQueue), func() error {
		_, err := ch.QueueDeclare(dead.Name, dead.Durable, false, false, false, args)
		return err
	})
	if replyCode(err) == amqp.PreconditionFailed {
		return nil
	}
	if err != nil {
		return deadQueueFailure(err)
	}
	return topologyFailure(l.guard("close a channel", ch.Close))
}

// deadQueueFailure says what to do where the broker allows no such queue.
func deadQueueFailure(err error) error {
	if replyCode(err) == amqp.AccessRefused {
		return &failure{CauseTopology, deadLettersToFile, err}
	}
	return topologyFailure(err)
}

const deadLettersToFile = "the broker does not allow a dead-letter queue: set dead_letters: file"

// topologyFailure says which refusals stay the same however often one asks.
func topologyFailure(err error) error {
	if err == nil {
		return nil
	}
	remedy := ""
	switch replyCode(err) {
	case amqp.AccessRefused:
		remedy = "the user may not do that: use a name the broker allows, or have the permission granted, or set declare: passive for a queue that exists"
	case amqp.PreconditionFailed:
		remedy = "make the settings of the queue agree with that, or delete the queue on the broker, or set declare: passive to use it as it is"
	case amqp.NotImplemented, amqp.CommandInvalid, amqp.SyntaxError:
		remedy = "the broker cannot do what the queue's settings ask for: change them"
	}
	return &failure{CauseTopology, remedy, err}
}
