package main

import (
	"bufio"
	"errors"
	"flag"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"
)

// bareCommand is the argument that makes this program the bare consumer.
const bareCommand = "bare"

// ackBatch is the number of messages that the bare consumer acknowledges at once.
const ackBatch = 100

// bare consumes a number of messages and acknowledges them in batches. It does nothing else,
// except to print their ids if requested.
func bare(args []string) error {
	f := flag.NewFlagSet(bareCommand, flag.ContinueOnError)
	var c consumption
	c.flags(f)
	show := f.Bool("print", false, "print message ids, each at once")
	if err := f.Parse(args); err != nil {
		return err
	}
	conn, deliveries, err := c.begin()
	if err != nil {
		return err
	}
	if err := drain(deliveries, c.count, *show); err != nil {
		return err
	}
	return conn.Close()
}

// consumption configures the programs that kojiwatch is compared with.
type consumption struct {
	url, queue      string
	prefetch, count int
}

func (c *consumption) flags(f *flag.FlagSet) {
	f.StringVar(&c.url, "url", "", "broker")
	f.StringVar(&c.queue, "queue", "", "queue")
	f.IntVar(&c.prefetch, "prefetch", 500, "prefetch")
	f.IntVar(&c.count, "count", 0, "messages")
}

func (c *consumption) begin() (*amqp.Connection, <-chan amqp.Delivery, error) {
	conn, err := amqp.Dial(c.url)
	if err != nil {
		return nil, nil, err
	}
	ch, err := conn.Channel()
	if err == nil {
		err = ch.Qos(c.prefetch, 0, false)
	}
	if err != nil {
		return nil, nil, err
	}
	deliveries, err := ch.Consume(c.queue, "", false, false, false, false, nil)
	return conn, deliveries, err
}

func drain(deliveries <-chan amqp.Delivery, count int, show bool) error {
	out := bufio.NewWriter(os.Stdout)
	for n := 1; n <= count; n++ {
		d, ok := <-deliveries
		if !ok {
			return errors.New("the broker closed the channel")
		}
		if show {
			_, _ = out.WriteString(d.MessageId + "\n")
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if n%ackBatch == 0 || n == count || show {
			if err := d.Ack(true); err != nil {
				return err
			}
		}
	}
	return nil
}
