package exec_test

import (
	"context"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/exec"
)

// Exit code 0 means that the program has accepted the event.
func Example() {
	events := []*event.Event{{ID: "1", Type: event.TaskStateChange}}
	for _, code := range []int{0, 1, exec.TempFail} {
		s := exec.New(exec.Config{Command: []string{"sh", "-c", fmt.Sprint("exit ", code)}, Timeout: time.Minute})
		err := s.Send(context.Background(), events)
		fmt.Println(code, err == nil)
	}
	// Output:
	// 0 true
	// 1 false
	// 75 false
}
