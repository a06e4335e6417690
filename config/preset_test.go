package config

import (
	"strings"
	"testing"
)

func TestPresetFedora(t *testing.T) {
	var asked string
	c, err := FromFlags(Flags{Preset: "fedora", CAFile: "/mine/ca.pem", KeepQueue: func(dir string) (string, error) {
		asked = dir
		return "6f0c2a4e-6a3e-4a55-9d0e-1f6f4bb1d1aa", nil
	}}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	b, s := &c.Broker, &c.Sinks[0]
	if got := b.URL; got.Address() != "rabbitmq.fedoraproject.org:5671" || got.Vhost() != "/public_pubsub" || !got.Secure() {
		t.Errorf("the broker is %v, vhost %s", got, got.Vhost())
	}
	if b.Auth != AuthExternal || b.TLS.CAFile != "/mine/ca.pem" || b.TLS.CertFile != "/etc/fedora-messaging/fedora-cert.pem" {
		t.Errorf("login by %s with %+v", b.Auth, b.TLS)
	}
	if asked != c.StateDir || s.Queue.Name != "6f0c2a4e-6a3e-4a55-9d0e-1f6f4bb1d1aa" || s.Queue.Exclusive || !s.Queue.Durable {
		t.Errorf("the queue is %+v, its name is kept in %q", s.Queue, asked)
	}
	if s.DeadLetters != DeadLettersFile || strings.Join(s.Topics, " ") != "org.fedoraproject.prod.buildsys.#" || c.Instance != "fedora" {
		t.Errorf("the sink is %+v", s)
	}
}

func TestPresetCentOS(t *testing.T) {
	c, err := FromFlags(Flags{Preset: "centos"}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if s := &c.Sinks[0]; strings.Join(s.Topics, " ") != "org.centos.prod.buildsys.#" || c.Instance != "centos" ||
		c.Hub.WebURL != "https://kojihub.stream.centos.org/koji" || c.Broker.URL.Vhost() != "/public_pubsub" {
		t.Errorf("the sink is %+v, the broker %v, the web pages %s", s, c.Broker.URL, c.Hub.WebURL)
	}
}

func TestPresetWithoutKeptQueueLeavesNothingBehind(t *testing.T) {
	c, err := FromFlags(Flags{Preset: "fedora"}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if q := c.Sinks[0].Queue; !q.Exclusive || q.Name != "" {
		t.Errorf("the queue is %+v", q)
	}
}

// TestPresetUnknown checks that the error lists the presets for the command.
func TestPresetUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		find       func(string) (Preset, error)
		word, want string
	}{
		"a slip":             {BrokerPresetOf, "fedoar", `there is no preset "fedoar"; did you mean fedora?; there are fedora and centos`},
		"a hub alone":        {BrokerPresetOf, "rocky", "rocky has a hub, but no broker for the public; there is one for fedora and centos"},
		"a slip, for a hub":  {PresetOf, "rokcy", `there is no preset "rokcy"; did you mean rocky?; there are fedora, centos, cbs, rocky and rpmfusion`},
		"nothing like it":    {PresetOf, "debian", `there is no preset "debian"; there are fedora, centos, cbs, rocky and rpmfusion`},
		"nothing that shows": {PresetOf, "\x1b[31m", `there is no preset "\x1b[31m"; there are fedora, centos, cbs, rocky and rpmfusion`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.find(c.word); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	_, err := FromFlags(Flags{Preset: "fedoar"}, testEnv)
	if err == nil || !strings.Contains(err.Error(), "--preset: there is no preset") || strings.Contains(err.Error(), "--broker") {
		t.Errorf("got %v", err)
	}
}

// TestPresetsAreHubs checks that each preset works for commands that use a hub.
func TestPresetsAreHubs(t *testing.T) {
	for _, name := range Presets() {
		c, err := FromHubFlags(HubFlags{Preset: name}, testEnv)
		if err != nil {
			t.Fatal(err)
		}
		if h := c.Hub; !strings.HasPrefix(h.Server, "https://") || h.WebURL != strings.TrimSuffix(h.Server, "hub") || h.Profile != "" {
			t.Errorf("%s: the hub is %+v", name, h)
		}
	}
	c, err := FromHubFlags(HubFlags{Preset: "rocky", WebURL: "https://mirror.example.com/koji"}, testEnv)
	if err != nil || c.Hub.WebURL != "https://mirror.example.com/koji" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestPresetAndAnotherHub(t *testing.T) {
	for name, flags := range map[string]HubFlags{
		"a profile": {Preset: "fedora", Profile: "koji"},
		"a URL":     {Preset: "fedora", Server: "https://koji.example.com/kojihub"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := FromHubFlags(flags, testEnv)
			if err == nil || !strings.HasPrefix(err.Error(), "--preset: names a hub, and so does another flag") {
				t.Errorf("got %v", err)
			}
		})
	}
}
