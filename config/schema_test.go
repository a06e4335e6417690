package config

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/internal/golden"
)

// The tags are read without checking errors, so each must be valid.
func TestTags(t *testing.T) {
	plainKey := regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	schema.Walk(&Config{}, func(key string, f *schema.Field) {
		if !plainKey.MatchString(f.Name) {
			t.Errorf("%s: no fit name", key)
		}
		if f.Doc == "" || !strings.HasSuffix(f.Doc, ".") {
			t.Errorf("%s: no doc, or one without its full stop", key)
		}
		if f.Def != "" && f.Derived != "" || f.Required && f.Def != "" {
			t.Errorf("%s: more than one default", key)
		}
		if (f.Min == "") != (f.Max == "") {
			t.Errorf("%s: one bound without the other", key)
		}
		if counts := f.Kind == schema.KindInt || f.Kind == schema.KindDuration || f.Kind == schema.KindSize; counts != (f.Min != "") {
			t.Errorf("%s: numbers have bounds and nothing else does", key)
		}
		if len(f.Enum) > 0 && f.Def != "" && !slices.Contains(f.Enum, f.Def) {
			t.Errorf("%s: the default %s is none of the values", key, f.Def)
		}
		texts := []string{f.Def, f.Min, f.Max}
		if f.Kind != schema.KindList && f.Kind != schema.KindFree {
			texts = append(texts, f.Example)
		}
		for _, text := range texts {
			if text == "" {
				continue
			}
			if err := schema.Fits(f.Kind, text); err != nil {
				t.Errorf("%s: %q %v", key, text, err)
			}
		}
	})
}

// The listed sink types are exactly those with a struct.
func TestSinkTypes(t *testing.T) {
	schema.Walk(&Config{}, func(key string, f *schema.Field) {
		if key != "sinks[].type" {
			return
		}
		for _, name := range f.Enum {
			if sink := NewSink("a", SinkType(name)); schema.Own(&sink) == nil {
				t.Errorf("there is no struct for type %s", name)
			}
		}
	})
	if schema.SetSinkType(&Sink{}, "x") {
		t.Error("there is a type x")
	}
}

func TestDefault(t *testing.T) {
	c := Default()
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "broker.url: is missing") || !strings.Contains(err.Error(), "sinks: at least one") {
		t.Errorf("want an error about broker and sinks, got %v", err)
	}
	u, err := values.ParseBrokerURL("amqp://localhost")
	if err != nil {
		t.Fatal(err)
	}
	c.StateDir, c.Broker.URL, c.Sinks = "/s", u, []Sink{NewSink("out", SinkStdout), NewSink("journal", SinkLog)}
	if err := c.Validate(); err != nil {
		t.Errorf("the defaults are no good: %v", err)
	}
	parsed, err := Parse("/k.yaml", []byte("state_dir: /s\nbroker: {url: amqp://localhost}\nsinks: [{name: out, type: stdout}, {name: journal, type: log}]\n"), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	parsed.Cache.Dir, parsed.report = "", nil // these depend on the source
	if !reflect.DeepEqual(c, parsed) {
		t.Errorf("defaults differ:\nGo:   %+v\nfile: %+v", c, parsed)
	}
}

func TestValidateGo(t *testing.T) {
	c := Default()
	c.Broker.Heartbeat = 1
	c.Log.Level = "loud"
	c.Sinks = []Sink{{Name: "a", Type: SinkStdout}}
	want := `broker.heartbeat: must be from 1s to 65535s`
	err := c.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	for _, want := range []string{want, `log.level: "loud" is not possible here; it must be debug, info, warn or error`, "sinks[0]: lacks the settings of its type; make it with NewSink", "sinks[0].prefetch: must be from 1 to 65535"} {
		if !slices.Contains(lines, want) {
			t.Errorf("lacks %q; got:\n%v", want, err)
		}
	}
}

func TestJSONSchema(t *testing.T) {
	text := JSONSchema()
	golden.Check(t, "testdata/schema.json", string(text))
	if !json.Valid(text) || bytes.Contains(text, []byte(`\u003c`)) {
		t.Error("not plain JSON")
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	schema.Walk(&Config{}, func(key string, _ *schema.Field) {
		node := any(root)
		for part := range strings.SplitSeq(key, ".") {
			name, isList := strings.CutSuffix(part, "[]")
			properties, _ := node.(map[string]any)["properties"].(map[string]any)
			if node = properties[name]; node == nil {
				t.Errorf("%s is not in the schema", key)
				return
			}
			if isList {
				node = node.(map[string]any)["items"]
			}
		}
	})
}

func TestReference(t *testing.T) {
	page := Reference()
	golden.Check(t, "../docs/configuration.md", page)
	schema.Walk(&Config{}, func(key string, f *schema.Field) {
		if !strings.Contains(page, "| `"+f.Name+"` | ") || !strings.Contains(page, f.Doc) {
			t.Errorf("%s is not in the reference", key)
		}
	})
}

const examplePath = "../kojiwatch.example.yaml"

// exampleText returns the example, unchanged and with every commented-out key enabled. After
// the # a comment has exactly one space, and a key has none or more.
func exampleText(t *testing.T) (asIs, full string) {
	t.Helper()
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		body := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(body)]
		if key, found := strings.CutPrefix(body, "#"); found {
			if isProse := key == "\n" || strings.HasPrefix(key, " ") && !strings.HasPrefix(key, "  "); !isProse {
				line = indent + key
			}
		}
		lines = append(lines, line)
	}
	return string(data), strings.Join(lines, "")
}

func exampleEnv(name string) (string, bool) {
	value, found := map[string]string{"KOJIWATCH_PASSWORD": "secret", "HOME": "/home/koji"}[name]
	return value, found
}

func TestExampleLoads(t *testing.T) {
	asIs, full := exampleText(t)
	for name, text := range map[string]string{"as it is": asIs, "with all keys": full} {
		c, err := Parse(examplePath, []byte(text), exampleEnv)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(c.Sinks) != 2 || !c.Broker.Password.IsSet() {
			t.Errorf("%s: got %+v", name, c)
		}
	}
}

// The defaults in the example are the actual ones.
func TestExampleShowsDefaults(t *testing.T) {
	asIs, full := exampleText(t)
	plain, err := Parse(examplePath, []byte(asIs), exampleEnv)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Parse(examplePath, []byte(full), exampleEnv)
	if err != nil {
		t.Fatal(err)
	}
	// These have no default, or one that depends on the environment.
	shown.Instance, shown.StateDir, shown.Cache.Dir = plain.Instance, plain.StateDir, plain.Cache.Dir
	shown.Hub.Profile, shown.Hub.KojiConfig, shown.Hub.CAFile, shown.Hub.WebURL = "", "", "", ""
	shown.Admin, shown.Board, shown.Tracing, shown.Campaigns, shown.Sentinel = plain.Admin, plain.Board, plain.Tracing, plain.Campaigns, plain.Sentinel
	shown.State.Stream = ""
	shown.Broker.Username, shown.Sinks[0].Queue.Arguments = "", nil
	shown.Users.Mine, shown.Sinks[0].Filter = nil, plain.Sinks[0].Filter
	tls := &shown.Broker.TLS
	tls.CAFile, tls.CertFile, tls.KeyFile, tls.ServerName = "", "", "", ""
	got, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the example shows:\n%s\nthe defaults are:\n%s", got, want)
	}
}

func TestExampleNamesEveryKey(t *testing.T) {
	_, full := exampleText(t)
	schema.Walk(&Config{}, func(key string, f *schema.Field) {
		names := []string{f.Name}
		if f.Kind == schema.KindSecret {
			names = append(names, f.Name+schema.FileSuffix)
		}
		for _, name := range names {
			if !slices.ContainsFunc(strings.Split(full, "\n"), func(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " -#"), name+":") }) {
				t.Errorf("%s (%s) is not in %s", key, name, examplePath)
			}
		}
	})
}

func TestManual(t *testing.T) {
	page := Manual()
	schema.Walk(&Config{}, func(key string, f *schema.Field) {
		if !strings.Contains(page, "\n**"+key+"** (") || !strings.Contains(page, f.Doc) {
			t.Errorf("%s is not in the manual", key)
		}
	})
}
