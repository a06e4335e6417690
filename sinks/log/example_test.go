package log_test

import (
	"context"
	"fmt"
	"os"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/log"
)

func Example() {
	s := log.New(zerolog.New(os.Stdout), os.Stdout)
	err := s.Send(context.Background(), []*event.Event{{ID: "1", Type: event.TaskStateChange, New: "FAILED", Summary: "build bash failed"}})
	fmt.Println(err)
	// Output:
	// {"level":"warn","event":true,"event_id":"1","type":"TaskStateChange","topic":"","new":"FAILED","message":"build bash failed"}
	// <nil>
}
