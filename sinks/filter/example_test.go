package filter_test

import (
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks/filter"
)

func Example() {
	f, err := filter.New(filter.Rules{
		States: []string{"CLOSED", "FAILED"},
		When:   `glob(task.method, "build*") and mine`,
	}, filter.People{Mine: []string{"alice"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := &event.Event{New: "FAILED", Task: &koji.Task{Method: "build", Owner: koji.Ref{Name: "bob"}}}
	fmt.Println(f.Pass(e), f.Explain(e).Clause)
	// Output: false mine
}
