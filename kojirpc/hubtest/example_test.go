package hubtest_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// A hub with data that change, which runs until it is closed.
func ExampleListen() {
	hub, err := hubtest.Listen("127.0.0.1:0", "127.0.0.1:0", hubtest.Options{Data: hubtest.Data{
		Tasks: []hubtest.Task{{Method: "build", Owner: "alice", Request: []any{"git://src.example.com/bash#1", "f55"}}},
	}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer hub.Close()
	err = hub.Update(func(d *hubtest.Data) { d.Tasks[0].State = "OPEN" })
	fmt.Println(strings.HasSuffix(hub.URL, "/kojihub"), hub.Data().Tasks[0].State, err)
	// Output: true OPEN <nil>
}
