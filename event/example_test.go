package event_test

import (
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

func ExampleEvent_AppendJSON() {
	e := &event.Event{
		ID: "1", Type: event.Tag, Dialect: event.Protonmsg,
		Tag: koji.Ref{Name: "f44"}, Build: &koji.Build{ID: 77, NVR: "bash-5.2-1.fc44"},
	}
	fmt.Printf("%s\n", e.AppendJSON(nil))
	// Output: {"schema":"kojiwatch.event/v1","id":"1","type":"Tag","dialect":"protonmsg","build":{"id":77,"nvr":"bash-5.2-1.fc44"},"tag":{"name":"f44"},"enrichment":{"status":"none","missing":[]}}
}

func ExampleEvent_UnmarshalJSON() {
	var e event.Event
	err := e.UnmarshalJSON([]byte(`{"schema":"kojiwatch.event/v1","id":"1","type":"TaskStateChange","new":"FAILED","task":{"id":82}}`))
	fmt.Println(e.New, e.Key(), err)
	// Output: FAILED task 82 <nil>
}
