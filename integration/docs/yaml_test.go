package docs

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/sinks/sample"
)

// minimal has the required keys of a configuration.
const (
	minimalBroker = "broker: {url: \"amqp://rabbitmq.example.com/\"}\n"
	minimalSinks  = "sinks:\n  - {name: out, type: stdout}\n"
)

// prometheus matches a configuration of Prometheus, which promtool checks.
var prometheus = regexp.MustCompile(`(?m)^scrape_configs:`)

// configurations returns the configurations on the pages, by their first lines. It completes
// lists of sinks and keys of a sink; the keys belong to the last sink on the page.
func configurations(t *testing.T, all []fence) map[string]string {
	t.Helper()
	found := map[string]string{}
	var page, sink string
	for _, f := range all {
		if f.page != page {
			page, sink = f.page, ""
		}
		if f.language != "yaml" || prometheus.MatchString(f.text) {
			continue
		}
		text := f.text
		if strings.HasPrefix(text, "    ") {
			if sink == "" {
				t.Fatalf("%s:%d: keys of a sink, but the page has no sink before", f.page, f.line)
			}
			text = minimalBroker + without(sink, text) + text
		} else {
			text = complete(text)
			sink = text
		}
		found[place(f)] = text
	}
	return found
}

// complete adds the keys that a fragment lacks.
func complete(text string) string {
	if strings.HasPrefix(text, "  - name:") {
		text = "sinks:\n" + text
	}
	if !regexp.MustCompile(`(?m)^broker:`).MatchString(text) {
		text = minimalBroker + text
	}
	if !regexp.MustCompile(`(?m)^sinks:`).MatchString(text) {
		text += minimalSinks
	}
	return text
}

// without returns the last sink of a configuration without the keys that others replace.
func without(config, others string) string {
	_, sinks, _ := strings.Cut(config, "sinks:\n")
	kept := "sinks:\n"
	for line := range strings.Lines(sinks) {
		key, _, _ := strings.Cut(line, ":")
		if !strings.HasPrefix(line, "    ") || !strings.Contains("\n"+others, "\n"+key+":") {
			kept += line
		}
	}
	return kept
}

func place(f fence) string {
	return fmt.Sprintf("%s:%d", strings.ReplaceAll(f.page, "/", " "), f.line)
}

// TestYAML checks that the configurations on the pages are valid, and that events can pass
// their filters.
func TestYAML(t *testing.T) {
	all := configurations(t, fences(t))
	if len(all) < 10 {
		t.Fatalf("found only %d configurations", len(all))
	}
	env := func(name string) (string, bool) {
		return "/run/credentials", name == "CREDENTIALS_DIRECTORY"
	}
	for where, text := range all {
		t.Run(where, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "kojiwatch.yaml")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := config.Load(path, env)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			for i := range c.Sinks {
				if _, err := sinkbuild.NewFilter(c, &c.Sinks[i]); err != nil {
					t.Errorf("%v\n%s", err, text)
				}
			}
			if len(sinkbuild.Doubts(c)) > len(c.Missing()) {
				t.Errorf("no event can pass: %v\n%s", sinkbuild.Doubts(c), text)
			}
		})
	}
}

// TestJSON checks that the events on the pages match the schema.
func TestJSON(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(root, "docs", "event.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fences(t) {
		if f.language != "json" {
			continue
		}
		event := f.event(t)
		if err := schema.Validate(event); err != nil {
			t.Errorf("%s:%d: %v", f.page, f.line, err)
		}
	}
}

// event returns the event in a block. If the block has only some members, they replace those
// of a sample.
func (f fence) event(t *testing.T) map[string]any {
	t.Helper()
	text := f.text
	if !strings.HasPrefix(text, "{") {
		text = "{" + text + "}"
	}
	event := map[string]any{}
	if !strings.Contains(text, `"schema"`) {
		samples, err := sample.Events()
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(samples[0].AppendJSON(nil), &event); err != nil {
			t.Fatal(err)
		}
	}
	if err := json.Unmarshal([]byte(text), &event); err != nil {
		t.Fatalf("%s:%d: %v", f.page, f.line, err)
	}
	return event
}
