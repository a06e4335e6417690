package web

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestLogText says of running tasks how far their logs are, or for how long they are silent.
func TestLogText(t *testing.T) {
	for name, c := range map[string]struct {
		state koji.TaskState
		log   board.Log
		want  string
	}{
		"unknown":            {koji.TaskOpen, board.Log{}, ""},
		"only its size":      {koji.TaskOpen, board.Log{Size: 70}, ""},
		"more than half way": {koji.TaskOpen, board.Log{Size: 70, Share: 0.634, SilentFor: time.Minute}, "log at 63 %"},
		"silent":             {koji.TaskOpen, board.Log{Size: 70, Share: 0.634, SilentFor: 759 * time.Second}, "log silent for 12 min"},
		"ended":              {koji.TaskClosed, board.Log{Size: 70, Share: 0.9}, ""},
	} {
		n := board.Node{Task: board.Task{State: c.state, Estimate: board.Estimate{Log: c.log}}}
		if got := logText(&n); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestLogInAPI holds an estimate with a log to its schema.
func TestLogInAPI(t *testing.T) {
	text, err := json.Marshal(newAPIEstimate(board.Estimate{
		CompletionAt: time.Now(), Low: time.Now(), High: time.Now(), Log: board.Log{Size: 70, Share: 0.634, SilentFor: 90 * time.Second},
	}, true))
	if err != nil || !strings.Contains(string(text), `"log":{"size":70,"share":0.63,"silent_for":90}`) {
		t.Fatalf("%s, %v", text, err)
	}
	file, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(file)))
	if err != nil {
		t.Fatal(err)
	}
	schemas := jsonschema.NewCompiler()
	if err := schemas.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := schemas.Compile("openapi.json#/components/schemas/Estimate")
	if err != nil {
		t.Fatal(err)
	}
	said, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(said); err != nil {
		t.Errorf("%s: %v", text, err)
	}
}
