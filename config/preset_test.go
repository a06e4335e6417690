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

func TestPresetUnknown(t *testing.T) {
	_, err := FromFlags(Flags{Preset: "fedoar"}, testEnv)
	if err == nil || !strings.Contains(err.Error(), `--preset: there is no preset "fedoar"; there are fedora and centos`) || strings.Contains(err.Error(), "--broker") {
		t.Errorf("got %v", err)
	}
}

func TestPresetsAreKnown(t *testing.T) {
	for _, name := range Presets() {
		if _, known := presetOf(name); !known {
			t.Errorf("%s is listed and not known", name)
		}
	}
}
