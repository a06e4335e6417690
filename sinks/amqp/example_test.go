package amqp_test

import (
	"context"
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks/amqp"
)

// printer is a publisher that prints the messages. The daemon's publisher sends them to
// a broker and waits for its confirmations.
type printer struct{}

func (printer) Publish(_ context.Context, messages []amqp.Message) []error {
	for _, m := range messages {
		fmt.Println(m.Exchange, m.Key, m.MessageId, m.ContentType)
	}
	return make([]error, len(messages))
}

func (printer) Blocked() string { return "" }
func (printer) Close()          {}

func Example() {
	key, err := amqp.ParseKey("kojiwatch.{kind}.{state}.{package}")
	if err != nil {
		fmt.Println(err)
		return
	}
	s := amqp.New(printer{}, amqp.Options{Exchange: "events", Key: key, Unroutable: amqp.UnroutableRetry})
	defer s.Close() //nolint:errcheck // it is only an example
	err = s.Send(context.Background(), []*event.Event{
		{ID: "1", Type: event.BuildStateChange, New: "COMPLETE", Build: &koji.Build{Name: "bash"}},
	})
	fmt.Println(err)
	// Output:
	// events kojiwatch.build.complete.bash 1 application/json
	// <nil>
}
