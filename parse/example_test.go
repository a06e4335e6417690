package parse_test

import (
	"fmt"

	"github.com/kojiwatch/kojiwatch/parse"
)

func Example() {
	parser := parse.New(parse.Options{Instance: "fedora"})
	e, err := parser.Parse(&parse.Delivery{
		Exchange:   "amq.topic",
		RoutingKey: "koji.task.closed",
		Headers:    map[string]any{"type": "TaskStateChange"},
		Body:       []byte(`{"attribute": "state", "old": "OPEN", "new": "CLOSED", "info": {"id": 82, "method": "buildArch"}}`),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Type, e.Task.ID, e.Task.Method, e.Old, e.New)
	// Output: TaskStateChange 82 buildArch OPEN CLOSED
}
