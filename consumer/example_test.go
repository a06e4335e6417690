package consumer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os/signal"
	"syscall"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// printer is a handler that prints what tasks become.
type printer struct{}

type change struct {
	ID  uint64
	New string
}

func (printer) Parse(d *consumer.Delivery) (c change, err error) {
	return c, json.Unmarshal(d.Body, &c)
}

func (printer) Key(c change) uint64 { return c.ID }

func (printer) Deliver(_ context.Context, batch []change) error {
	for _, c := range batch {
		if _, err := fmt.Println(c.ID, c.New); err != nil {
			return err
		}
	}
	return nil
}

func Example() {
	c, err := consumer.New(printer{}, consumer.Options{
		Brokers: func(context.Context) ([]broker.Address, error) {
			return []broker.Address{{URL: "amqps://user@rabbitmq.example.org/%2Fkoji", Password: "read from a file, each time"}}, nil
		},
		Queue:    consumer.Queue{Name: "tasks", Durable: true, SingleActive: true},
		Bindings: []consumer.Binding{{Exchange: "amq.topic", Keys: []string{"koji.task.#"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := c.Run(ctx); err != nil {
		fmt.Println(err)
	}
}
