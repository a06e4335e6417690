package main

import (
	"bufio"
	"errors"
	"flag"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"
)

// bareCommand makes this program the bare consumer.
const bareCommand = "bare"

// ackBatch is how many messages the bare consumer acknowledges at once.
const ackBatch = 100

// bare consumes a number of messages and acknowledges them in batches; that is
// all it does, unless it is to print the id of each.
func bare(args []string) error {
	f := flag.NewFlagSet(bareCommand, flag.ContinueOnError)
	url := f.String("url", "", "broker")
	queue := f.String("queue", "", "queue")
	prefetch := f.Int("prefetch", 500, "prefetch")
	count := f.Int("count", 0, "messages")
	show := f.Bool("print", false, "print message ids, each at once")
	if err := f.Parse(args); err != nil {
		return err
	}
	conn, err := amqp.Dial(*url)
	if err != nil {
		return err
	}
	ch, err := conn.Channel()
	if err == nil {
		err = ch.Qos(*prefetch, 0, false)
	}
	if err != nil {
		return err
	}
	deliveries, err := ch.Consume(*queue, "", false, false, false, false, nil)
	if err != nil {
		return err
	}
	if err := drain(deliveries, *count, *show); err != nil {
		return err
	}
	return conn.Close()
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
