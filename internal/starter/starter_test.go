package starter

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

const queue = "6f0c2a4e-6a3e-4a55-9d0e-1f6f4bb1d1aa"

// TestConfigurationsAreValid checks that the configurations have no mistakes, and no warnings
// other than those about the certificates of a public broker.
func TestConfigurationsAreValid(t *testing.T) {
	for _, k := range Kinds() {
		for _, preset := range append([]string{""}, config.BrokerPresets()...) {
			if k.Name == "amqp" && preset != "" {
				continue
			}
			t.Run(k.Name+" "+preset, func(t *testing.T) {
				text, err := Text(Options{Kind: k.Name, Preset: preset, Queue: queue})
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(t.TempDir(), "kojiwatch.yaml")
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				c, err := sinkbuild.LoadConfig(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range sinkbuild.Doubts(c) {
					if !strings.HasPrefix(p.Key, "broker.tls.") || c.Broker.Auth != config.AuthExternal {
						t.Error(p)
					}
				}
				public := c.Broker.Auth == config.AuthExternal
				if s := &c.Sinks[0]; (s.Queue.Name == queue) != public || c.Hub.Configured() != public {
					t.Errorf("public: %t, but the queue is %+v and the hub %+v", public, s.Queue, c.Hub)
				}
			})
		}
	}
}

// TestEachSinkHasAConfiguration checks that there is a configuration for each type of sink.
func TestEachSinkHasAConfiguration(t *testing.T) {
	field, _ := reflect.TypeFor[config.Sink]().FieldByName("Type")
	want := append(config.BrokerPresets(), strings.Split(field.Tag.Get("enum"), ",")...)
	slices.Sort(want)
	got := Names()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestGolden(t *testing.T) {
	for name, o := range map[string]Options{
		"webhook":      {Kind: "webhook"},
		"fedora":       {Kind: "fedora", Queue: queue},
		"slack-centos": {Kind: "slack", Preset: "centos", Queue: queue},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Text(o)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".yaml")
			golden.Check(t, file, got)
		})
	}
}

func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"a slip":        {Options{Kind: "slak"}, `there is no configuration for "slak"; did you mean slack?; there is one for fedora, centos, amqp, `},
		"a hub alone":   {Options{Kind: "slack", Preset: "rocky"}, "rocky has a hub, but no broker"},
		"no publishing": {Options{Kind: "amqp", Preset: "fedora"}, "does not allow publishing"},
		"the head":      {Options{Kind: "head"}, `there is no configuration for "head"`},
		"a path":        {Options{Kind: "../starter"}, "there is no configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Text(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
