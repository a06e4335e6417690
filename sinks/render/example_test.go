package render_test

import (
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks/render"
)

func Example() {
	t, err := render.Parse("subject", `{{lower .new}}: {{.task.method}} {{.task.id}}{{with .task.owner.name}} of {{.}}{{end}}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := t.Line(&event.Event{ID: "1", New: "FAILED", Task: &koji.Task{ID: 82, Method: "build"}})
	fmt.Println(text, err)
	// Output: failed: build 82 <nil>
}
