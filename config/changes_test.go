package config

import (
	"slices"
	"strings"
	"testing"
)

const before = `
instance: one
broker: {url: "amqps://k:x@a.example.com/koji", password: s3cret, tls: {ca_file: ca.pem}}
admin: {listen: "127.0.0.1:1"}
sinks:
  - name: hook
    type: webhook
    url: https://hooks.example.com/a
    headers: {X-Team: kernel}
    signing_secret_file: key
    states: [FAILED]
    queue: {arguments: {x-max-length: 5}}
`

func parsed(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Parse("/k.yaml", []byte(text), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestChanges edits a file and checks the names of the keys that differ.
func TestChanges(t *testing.T) {
	for name, test := range map[string]struct {
		old, new        string
		top, sink, kind []string
	}{
		"nothing":               {"", "", nil, nil, nil},
		"another instance":      {"instance: one", "instance: two", []string{"instance"}, nil, nil},
		"another password":      {"s3cret", "other", []string{"broker.password"}, nil, nil},
		"a password in the URL": {"k:x@", "k:y@", []string{"broker.url"}, nil, nil},
		"another host":          {"a.example.com", "b.example.com", []string{"broker.url"}, nil, nil},
		"a secret that moved":   {"password: s3cret", "password_file: pw", []string{"broker.password"}, nil, nil},
		"below a section":       {"ca.pem", "cb.pem", []string{"broker.tls.ca_file"}, nil, nil},
		"pprof follows listen":  {"127.0.0.1:1", "0.0.0.0:1", []string{"admin.listen", "admin.pprof"}, nil, nil},
		"a filter":              {"[FAILED]", "[FAILED, OPEN]", nil, []string{"states"}, nil},
		"an argument":           {"x-max-length: 5", "x-max-length: 6", nil, []string{"queue.arguments"}, nil},
		"a secret address":      {"com/a", "com/b", nil, []string{"url"}, []string{"url"}},
		"a header":              {"X-Team: kernel", "X-Team: gcc", nil, []string{"headers"}, []string{"headers"}},
		"the file of a secret":  {"secret_file: key", "secret_file: yek", nil, []string{"signing_secret"}, []string{"signing_secret"}},
		"the default, written":  {"states: [FAILED]", "states: [FAILED]\n    prefetch: 500", nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := parsed(t, before), parsed(t, strings.Replace(before, test.old, test.new, 1))
			for what, pair := range map[string][2][]string{
				"top":  {a.Changes(b), test.top},
				"sink": {a.Sinks[0].Changes(&b.Sinks[0]), test.sink},
				"type": {a.Sinks[0].TypeChanges(&b.Sinks[0]), test.kind},
			} {
				if !slices.Equal(pair[0], pair[1]) {
					t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
				}
			}
		})
	}
}

func TestChangesOfType(t *testing.T) {
	a, b := NewSink("out", SinkStdout), NewSink("out", SinkFile)
	if got := a.Changes(&b); !slices.Equal(got, []string{"type"}) {
		t.Errorf("got %q, want the type alone", got)
	}
	cluster := strings.Replace(before, `url: "amqps://k:x@a.example.com/koji"`, `urls: ["amqps://k@a/v", "amqps://k@b/v"]`, 1)
	one, two := parsed(t, cluster), parsed(t, strings.Replace(cluster, "@b/v", "@c/v", 1))
	if got := one.Changes(two); !slices.Equal(got, []string{"broker.urls"}) {
		t.Errorf("got %q, want the addresses", got)
	}
	if got := one.Changes(one); got != nil {
		t.Errorf("got %q of a configuration and itself", got)
	}
}
