package parse_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/parse"
)

// TestGolden compares the JSON of every recorded message's event with a golden file. The
// recordings include every routing key and task method.
func TestGolden(t *testing.T) {
	p := parse.New(parse.Options{})
	files, _ := filepath.Glob("testdata/recordings/*.jsonl")
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var got []byte
			for _, r := range readRecording(t, file) {
				e, err := p.Parse(&r.Delivery)
				if err != nil {
					t.Fatalf("%s: %v", r.name, err)
				}
				got = append(e.AppendJSON(got), '\n')
			}
			golden.Check(t, filepath.Join("testdata/golden", filepath.Base(file)), string(got))
		})
	}
}

// TestSchema validates every event made from the recordings, with and without its body,
// against the published JSON Schema, and checks that the schema names every member.
func TestSchema(t *testing.T) {
	schema := closedSchema(t)
	for _, raw := range []bool{false, true} {
		p := parse.New(parse.Options{Instance: "lab", Raw: raw})
		for _, r := range recordings(t) {
			e, err := p.Parse(&r.Delivery)
			if err != nil {
				t.Fatal(err)
			}
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(e.AppendJSON(nil)))
			if err != nil {
				t.Fatalf("%s: %v", r.name, err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("%s: %v", r.name, err)
			}
		}
	}
}

// closedSchema compiles docs/event.schema.json so that no object allows members that it does
// not name.
func closedSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../docs/event.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	closeObjects(doc)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("event.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("event.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, item := range v {
			closeObjects(item)
		}
	case []any:
		for _, item := range v {
			closeObjects(item)
		}
	}
}
