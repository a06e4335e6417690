package config

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// eachField calls a function for every key there is, with its full name.
func eachField(fields []field, around string, do func(key string, f *field)) {
	for i := range fields {
		f := &fields[i]
		key := join(around, f.name)
		do(key, f)
		if f.kind == kindSections {
			key += "[]"
		}
		eachField(f.keys, key, do)
	}
}

func allFields() []field { return fieldsOf(reflect.TypeFor[Config]()) }

// The tags are read without looking at errors, so each must be right.
func TestTags(t *testing.T) {
	types := map[kind]reflect.Type{
		kindText: reflect.TypeFor[string](), kindPath: reflect.TypeFor[string](), kindSecret: reflect.TypeFor[Secret](), kindURL: reflect.TypeFor[BrokerURL](),
		kindBool: reflect.TypeFor[bool](), kindInt: reflect.TypeFor[int](), kindDuration: reflect.TypeFor[time.Duration](), kindSize: reflect.TypeFor[ByteSize](),
	}
	eachField(allFields(), "", func(key string, f *field) {
		if !plainKey.MatchString(f.name) || strings.ToLower(f.name) != f.name {
			t.Errorf("%s: no fit name", key)
		}
		if f.doc == "" || !strings.HasSuffix(f.doc, ".") {
			t.Errorf("%s: no doc, or one without its full stop", key)
		}
		if f.def != "" && f.derived != "" || f.required && f.def != "" {
			t.Errorf("%s: more than one default", key)
		}
		if (f.min == "") != (f.max == "") {
			t.Errorf("%s: one bound without the other", key)
		}
		if counts := f.kind == kindInt || f.kind == kindDuration || f.kind == kindSize; counts != (f.min != "") {
			t.Errorf("%s: numbers have bounds and nothing else does", key)
		}
		if len(f.enum) > 0 && f.def != "" && !slices.Contains(f.enum, f.def) {
			t.Errorf("%s: the default %s is none of the values", key, f.def)
		}
		texts := []string{f.def, f.min, f.max}
		if f.kind != kindList && f.kind != kindFree {
			texts = append(texts, f.example)
		}
		for _, text := range texts {
			if one := types[f.kind]; one != nil && text != "" {
				if err := setText(reflect.New(one).Elem(), f.kind, text); err != nil {
					t.Errorf("%s: %q %v", key, text, err)
				}
			}
		}
	})
}

// The sink types listed are those that have a struct.
func TestSinkTypes(t *testing.T) {
	eachField(allFields(), "", func(key string, f *field) {
		if key != "sinks[].type" {
			return
		}
		for _, name := range f.enum {
			if sink := NewSink("a", SinkType(name)); !setSinkType(&sink) {
				t.Errorf("there is no struct for type %s", name)
			}
		}
	})
	if setSinkType(&Sink{Type: "x"}) {
		t.Error("there is a type x")
	}
}

func TestDefault(t *testing.T) {
	c := Default()
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "broker.url: is missing") || !strings.Contains(err.Error(), "sinks: at least one") {
		t.Errorf("want an error about broker and sinks, got %v", err)
	}
	u, err := ParseBrokerURL("amqp://localhost")
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
	parsed.Cache.Dir, parsed.origin = "", origin{} // these depend on where it comes from
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
	schema := JSONSchema()
	golden(t, "testdata/schema.json", string(schema))
	if !json.Valid(schema) || bytes.Contains(schema, []byte(`\u003c`)) {
		t.Error("not plain JSON")
	}
	var root map[string]any
	if err := json.Unmarshal(schema, &root); err != nil {
		t.Fatal(err)
	}
	eachField(allFields(), "", func(key string, _ *field) {
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
	golden(t, "../docs/configuration.md", page)
	eachField(allFields(), "", func(key string, f *field) {
		if !strings.Contains(page, "| `"+f.name+"` | ") || !strings.Contains(page, f.doc) {
			t.Errorf("%s is not in the reference", key)
		}
	})
}

const examplePath = "../kojiwatch.example.yaml"

// exampleText returns the example, as it is and with every key that is commented
// out put in. A comment is a # and one space; a key has none or more.
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

// What the example shows as defaults are the defaults.
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
	// These have no default, or one that depends on where kojiwatch runs.
	shown.Instance, shown.StateDir, shown.Cache.Dir = plain.Instance, plain.StateDir, plain.Cache.Dir
	shown.Hub.Profile, shown.Hub.KojiConfig, shown.Hub.CAFile, shown.Hub.WebURL = "", "", "", ""
	shown.Admin, shown.Tracing = plain.Admin, plain.Tracing
	shown.Broker.Username, shown.Sinks[0].Queue.Arguments = "", nil
	shown.Users.Mine, shown.Sinks[0].Filter = nil, plain.Sinks[0].Filter
	tls := &shown.Broker.TLS
	tls.CAFile, tls.CertFile, tls.KeyFile, tls.ServerName = "", "", "", ""
	got, want := marshalled(t, shown, json.Marshal), marshalled(t, plain, json.Marshal)
	if got != want {
		t.Errorf("the example shows:\n%s\nthe defaults are:\n%s", got, want)
	}
}

func TestExampleNamesEveryKey(t *testing.T) {
	_, full := exampleText(t)
	eachField(allFields(), "", func(key string, f *field) {
		names := []string{f.name}
		if f.kind == kindSecret {
			names = append(names, f.name+fileSuffix)
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
	eachField(allFields(), "", func(key string, f *field) {
		if !strings.Contains(page, "\n**"+key+"** (") || !strings.Contains(page, f.doc) {
			t.Errorf("%s is not in the manual", key)
		}
	})
}
