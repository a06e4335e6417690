package sinks_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// printer is a sink that takes only events with a summary.
type printer struct{}

func (printer) Send(_ context.Context, events []*event.Event) error {
	for _, e := range events {
		if e.Summary == "" {
			return sinks.Refuse("no summary", errors.New("event "+e.ID+" has no summary"))
		}
		fmt.Println(e.Summary)
	}
	return nil
}

func (printer) Close() error { return nil }

func ExampleSink() {
	var s sinks.Sink = printer{}
	fmt.Println(s.Send(context.Background(), []*event.Event{{ID: "1", Summary: "bash was tagged into f44"}}))
	fmt.Println(s.Send(context.Background(), []*event.Event{{ID: "2"}}))
	// Output:
	// bash was tagged into f44
	// <nil>
	// event 2 has no summary
}
