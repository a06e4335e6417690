//go:build integration

package integration

import (
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// troublesAtStart returns failures that end the daemon.
func troublesAtStart() []attempt {
	run := func(d *rig.Process) scene { return scene{Process: d} }
	// user returns the URL of a vhost for a user with only these permissions.
	user := func(t *testing.T, password string, p rabbit.Permissions) string {
		v := rig.Broker(t)
		name := "user-of-" + v.Name()
		v.AddUser(t, name, secretWord, p)
		return v.URLAs(name, password)
	}
	own := "^" + queue + "$"
	guest := rabbit.Permissions{Configure: own, Write: own, Read: "^(" + queue + `|amq\.topic)$`}
	plain := func(row string, config func(t *testing.T) string) attempt {
		return attempt{row: row, make: func(t *testing.T) scene { return run(rig.Daemon(t, "run", "--config", config(t))) }}
	}
	return []attempt{
		plain("wrong password", func(t *testing.T) string { return durable(t, user(t, secretWord+"x", everything)) }),
		plain("unknown vhost, or closed to the user", func(t *testing.T) string {
			v := rig.Broker(t)
			return durable(t, strings.Replace(v.URL(), v.Name(), "nowhere", 1))
		}),
		plain("no permission to declare", func(t *testing.T) string {
			return durable(t, user(t, secretWord, rabbit.Permissions{Configure: "^$", Write: "^$", Read: ".*"}))
		}),
		plain("no permission for a dead-letter queue", func(t *testing.T) string { return durable(t, user(t, secretWord, guest)) }),
		plain("the queue exists with other settings", func(t *testing.T) string {
			v := rig.Broker(t)
			declare(t, v)
			return configFor(t, v.URL(), "type: quorum", "dead_letters: file")
		}),
		plain("TLS on a port that has none", func(t *testing.T) string {
			return durable(t, strings.Replace(rig.Broker(t).URL(), "amqp:", "amqps:", 1))
		}),
		{row: "the broker's certificate has expired", make: func(t *testing.T) scene {
			address, ca := greeter(t, tls.VersionTLS13, testca.Expired())
			return run(rig.Daemon(t, "run", "--broker", "amqps://guest:guest@"+address, "--ca-file", ca))
		}},
		{row: "the broker speaks TLS 1.1 at most", make: func(t *testing.T) scene {
			address, ca := greeter(t, tls.VersionTLS11)
			return run(rig.Daemon(t, "run", "--broker", "amqps://guest:guest@"+address, "--ca-file", ca))
		}},
		plain("a password file that cannot be read", func(t *testing.T) string {
			config := durable(t, "amqp://"+port.Loopback(1))
			edit(t, config, "broker: {", "broker: {username: watcher, password_file: /nowhere/password, ")
			return config
		}),
		plain("a mistake in the configuration", func(t *testing.T) string {
			return configFor(t, "amqp://guest:guest@localhost", "durable: true", "prefetch: 0")
		}),
		{row: "no configuration", make: func(t *testing.T) scene {
			return run(rig.Daemon(t, "run", "--config", filepath.Join(t.TempDir(), "kojiwatch.yaml")))
		}},
		plain("a template that cannot be read", func(t *testing.T) string {
			return webhookConfig(t, "amqp://guest:guest@localhost", "http://127.0.0.1:1/", "body: template\n    template_file: /nowhere/body.tmpl")
		}),
		plain("the port of the admin listener is taken", func(t *testing.T) string {
			l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			config := troubled(t, rig.Broker(t).URL(), "type: log", "")
			edit(t, config, "127.0.0.1:0", l.Addr().String())
			return config
		}),
	}
}

// troublesOfCertificates returns failures that end the daemon, too. f is a broker that
// requires certificates.
func troublesOfCertificates(f *fortress) []attempt {
	// secured runs a daemon with these keys of the broker.
	secured := func(row, variant string, keys func(t *testing.T, ca string) string) attempt {
		return attempt{row, variant, func(t *testing.T) scene {
			return scene{Process: rig.Daemon(t, "run", "--config", f.config(t, f.Name(), keys(t, f.authority())))}
		}}
	}
	external := func(ca, cert string) string { return "auth: external, tls: {" + certificate(ca, cert) + "}" }
	const badClient = "client certificate expired, or signed by an authority the broker does not know"
	const badServer = "the broker's certificate is signed by another authority, or for another name"
	return []attempt{
		secured(badClient, "expired", func(t *testing.T, ca string) string {
			return external(ca, f.client(t, f.ca, "watcher", testca.Expired()))
		}),
		secured(badClient, "other authority", func(t *testing.T, ca string) string {
			return external(ca, f.client(t, authority(t), "watcher"))
		}),
		secured("the broker wants a client certificate and there is none", "", func(_ *testing.T, ca string) string {
			return fmt.Sprintf("username: watcher, password: %s, tls: {ca_file: %q}", secretWord, ca)
		}),
		secured("certificate without a user", "", func(t *testing.T, ca string) string {
			return external(ca, f.client(t, f.ca, "stranger"))
		}),
		secured(badServer, "authority", func(t *testing.T, _ string) string {
			return external(authorityFile(t, authority(t)), f.client(t, f.ca, "watcher"))
		}),
		secured(badServer, "name", func(t *testing.T, ca string) string {
			return "auth: external, tls: {server_name: elsewhere.koji.test, " + certificate(ca, f.client(t, f.ca, "watcher")) + "}"
		}),
		secured("a certificate file that cannot be read", "", func(*testing.T, string) string { return "tls: {ca_file: /nowhere/ca.pem}" }),
	}
}

func authority(t *testing.T) *testca.CA {
	t.Helper()
	ca, err := testca.New("Another CA")
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func authorityFile(t *testing.T, ca *testca.CA) string {
	t.Helper()
	path, err := ca.WriteFile(rig.TempDir(t))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// greeter is a server that does a TLS handshake and nothing else.
func greeter(t *testing.T, version uint16, options ...testca.Option) (address, ca string) {
	t.Helper()
	by := authority(t)
	pair, err := by.Server([]string{"127.0.0.1"}, options...)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{pair.TLS}, MinVersion: tls.VersionTLS10, MaxVersion: version,
	})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		greet(l)
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-served
	})
	return l.Addr().String(), authorityFile(t, by)
}

// greet does a handshake with every client and closes the connection.
func greet(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 1))
		_ = conn.Close()
	}
}
