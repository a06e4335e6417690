package hubdata

import (
	"errors"
	"io"
	"os"
	"testing"

	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/parse"
)

// TestHappen plays a recording of a real hub and compares the states of tasks and builds
// at its end.
func TestHappen(t *testing.T) {
	const path = "../../../parse/testdata/recordings/messages-protonmsg.jsonl"
	d, err := FromRecording(path)
	if err != nil {
		t.Fatal(err)
	}
	hub, err := hubtest.New(hubtest.Options{Data: d})
	if err != nil {
		t.Fatal(err)
	}
	defer hub.Close()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	parser, lines := parse.New(parse.Options{}), recording.NewReader(file)
	for {
		delivery, err := lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e, err := parser.Parse(&parse.Delivery{RoutingKey: delivery.RoutingKey, Type: delivery.Type, Headers: delivery.Headers, Body: delivery.Body})
		if err != nil {
			t.Fatal(err)
		}
		if err := hub.Update(func(d *hubtest.Data) { Happen(d, e) }); err != nil {
			t.Fatal(err)
		}
	}
	ended, complete := 0, 0
	for _, task := range hub.Data().Tasks {
		switch task.State {
		case "CLOSED", "CANCELED", "FAILED":
			ended++
		}
	}
	for _, build := range hub.Data().Builds {
		if build.State == "COMPLETE" {
			complete++
		}
	}
	if ended != 56 || complete != 18 || len(hub.Data().Tagged) != 5 {
		t.Errorf("%d tasks have ended, %d builds are complete, %d are tagged; want 56, 18, 5", ended, complete, len(hub.Data().Tagged))
	}
}
