package values

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"
)

func TestParseBrokerURL(t *testing.T) {
	tests := map[string]struct {
		address, vhost, user, password, shown string
		secure                                bool
	}{
		"amqp://localhost":                    {"localhost:5672", "/", "", "", "amqp://localhost:5672/%2F", false},
		"amqp://localhost/":                   {"localhost:5672", "/", "", "", "amqp://localhost:5672/%2F", false},
		"AMQPS://localhost":                   {"localhost:5671", "/", "", "", "amqps://localhost:5671/%2F", true},
		"amqp://k@localhost:1/koji":           {"localhost:1", "koji", "k", "", "amqp://k@localhost:1/koji", false},
		"amqp://k:pw@localhost/koji":          {"localhost:5672", "koji", "k", "pw", "amqp://k:***@localhost:5672/koji", false},
		"amqp://k:p%40%2F%3A@[::1]:65535/%2F": {"[::1]:65535", "/", "k", "p@/:", "amqp://k:***@[::1]:65535/%2F", false},
		"amqp://k:p:w@localhost":              {"localhost:5672", "/", "k", "p:w", "amqp://k:***@localhost:5672/%2F", false},
		"amqp://k:p@w@localhost":              {"localhost:5672", "/", "k", "p@w", "amqp://k:***@localhost:5672/%2F", false},
		"amqps://fedora:@rabbitmq.fedoraproject.org/%2Fpublic_pubsub": {
			"rabbitmq.fedoraproject.org:5671", "/public_pubsub", "fedora", "", "amqps://fedora:***@rabbitmq.fedoraproject.org:5671/%2Fpublic_pubsub", true,
		},
	}
	for raw, test := range tests {
		t.Run(raw, func(t *testing.T) {
			u, err := ParseBrokerURL(raw)
			if err != nil {
				t.Fatal(err)
			}
			password, _ := u.RevealPassword()
			if u.Address() != test.address || !strings.Contains(u.Address(), u.Host()) || u.Vhost() != test.vhost || u.Username() != test.user || password != test.password || u.Secure() != test.secure {
				t.Errorf("got %s, vhost %s, user %s, password %s, secure %v", u.Address(), u.Vhost(), u.Username(), password, u.Secure())
			}
			if u.String() != test.shown {
				t.Errorf("shown as %s, want %s", u, test.shown)
			}
		})
	}
}

func TestParseBrokerURLRefuses(t *testing.T) {
	tests := map[string]error{
		"": errURLScheme, "localhost": errURLScheme, "localhost:5672": errURLScheme, "http://localhost": errURLScheme,
		"amqp:localhost": errURLScheme, "amqp://": errURLHost, "amqp:///koji": errURLHost, "amqp://k:hunter2@": errURLHost,
		"amqp://k:hunter2@:5672": errURLHost, "amqp://local host": errURLForm, "amqp://localhost/a\nb": errURLForm,
		"amqp://localhost:0": errURLPort, "amqp://localhost:65536": errURLPort, "amqp://localhost:": errURLPort,
		"amqp://localhost:x": errURLForm, "amqp://localhost/a/b": errURLVhost, "amqp://localhost//b": errURLVhost,
		"amqp://localhost/?heartbeat=5": errURLQuery, "amqp://localhost?": errURLQuery, "amqp://localhost/#x": errURLForm,
		"amqp://k:hun/ter2@localhost": errURLForm, "amqp://k:hun?ter2@localhost": errURLForm, "amqp://k:hun#ter2@localhost": errURLForm,
		"amqp://k:12/hunter2@localhost": errURLForm, "amqp://k:%zz@localhost": errURLForm, "amqp://k:hunter2": errURLForm,
		"amqp://k@localhost/hunter2@x": errURLForm, "amqp://l\u00e4nd": errURLHost,
	}
	for raw, want := range tests {
		t.Run(raw, func(t *testing.T) {
			u, err := ParseBrokerURL(raw)
			if !errors.Is(err, want) || u.IsSet() {
				t.Errorf("got %v, %v; want %v", u, err, want)
			}
		})
	}
}

func FuzzParseBrokerURL(f *testing.F) {
	for _, seed := range []string{"hunter2", "12/x", "a@b", "a#b", "a?b", "%", ":", "]", "\\", "12", "@/", "/@", "?@", "12345/", " "} {
		f.Add(seed, "")
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		password := before + marker + after
		for _, form := range []string{"amqp://k:" + password + "@localhost:5672/koji", "amqp://:" + password + "@localhost", "amqps://k:" + password + "@[::1]/%2F"} {
			u, err := ParseBrokerURL(form)
			if err != nil && strings.Contains(err.Error(), marker) {
				t.Errorf("the error for %q tells the password: %v", form, err)
			}
			if strings.Contains(u.String(), marker) {
				t.Errorf("%q is shown as %q", form, u)
			}
		}
	})
}

func TestTLSVersionNumber(t *testing.T) {
	if TLS12.Number() != tls.VersionTLS12 || TLS13.Number() != tls.VersionTLS13 || TLSVersion("").Number() != tls.VersionTLS12 {
		t.Errorf("got %x, %x, %x", TLS12.Number(), TLS13.Number(), TLSVersion("").Number())
	}
}
