package sinkbuild

import (
	"os"
	"slices"
	"testing"

	"github.com/kojiwatch/kojiwatch/config"
)

// TestBindings checks that a queue created by an administrator is bound only if there are
// topics.
func TestBindings(t *testing.T) {
	for settings, want := range map[string][]string{
		"queue: {name: q}":                                         {"koji.#", "#.buildsys.#"},
		"queue: {name: q, declare: passive}":                       nil,
		"queue: {name: q, declare: none}":                          nil,
		"queue: {name: q, declare: passive}\n    topics: [koji.#]": {"koji.#"},
	} {
		text := "broker: {url: \"amqp://localhost\"}\nsinks:\n  - name: out\n    type: stdout\n    dead_letters: file\n    " + settings + "\nstate_dir: /tmp\n"
		c, err := config.Parse("/k.yaml", []byte(text), os.LookupEnv)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		bindings := bindingsOf(&c.Sinks[0])
		for _, b := range bindings {
			got = append(got, b.Keys...)
		}
		if !slices.Equal(got, want) || len(bindings) > 0 && want == nil {
			t.Errorf("%s: bindings %+v, want %q", settings, bindings, want)
		}
	}
}
