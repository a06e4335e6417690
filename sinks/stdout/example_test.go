package stdout_test

import (
	"context"
	"fmt"
	"os"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

func Example() {
	s := stdout.New(os.Stdout, func(dst []byte, e *event.Event) []byte { return append(dst, e.Summary+"\n"...) })
	if err := s.Send(context.Background(), []*event.Event{{ID: "1", Summary: "bash was tagged into f44"}}); err != nil {
		fmt.Println(err)
	}
	// Output: bash was tagged into f44
}
