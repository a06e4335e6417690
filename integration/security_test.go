//go:build integration

package integration

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// fortress is a broker that accepts only TLS clients with a certificate.
type fortress struct {
	*rig.Private
	ca   *testca.CA
	dir  string
	port int
}

// serverName is one of the names in the broker's certificate; the other is its
// address.
const serverName = "rabbitmq.koji.test"

func newFortress(t *testing.T) *fortress {
	t.Helper()
	ca, err := testca.New("Broker CA")
	if err != nil {
		t.Fatal(err)
	}
	f := &fortress{ca: ca, dir: rig.TempDir(t)}
	if f.port, err = port.One(); err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Server([]string{serverName, "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	server, err := pair.WriteFile(f.dir, "server")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ca.WriteFile(f.dir); err != nil {
		t.Fatal(err)
	}
	f.Private = rig.PrivateBroker(t, rabbit.WithPlugins("rabbitmq_auth_mechanism_ssl"),
		rabbit.WithFiles(f.authority(), server), rabbit.WithListener("listeners.ssl.1", f.port), rabbit.WithConfig(
			"ssl_options.cacertfile = "+f.authority(),
			"ssl_options.certfile = "+server,
			"ssl_options.keyfile = "+server,
			"ssl_options.verify = verify_peer",
			"ssl_options.fail_if_no_peer_cert = true",
			"auth_mechanisms.1 = EXTERNAL",
			"auth_mechanisms.2 = PLAIN",
			"ssl_cert_login_from = common_name",
		))
	return f
}

func (f *fortress) authority() string { return filepath.Join(f.dir, "ca.crt") }

// client writes a certificate for a user, with its key, and returns the path.
func (f *fortress) client(t *testing.T, ca *testca.CA, user string, opts ...testca.Option) string {
	t.Helper()
	pair, err := ca.Client(user, opts...)
	if err != nil {
		t.Fatal(err)
	}
	path, err := pair.WriteFile(rig.TempDir(t), user)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// config writes a configuration with these keys of the broker.
func (f *fortress) config(t *testing.T, vhost, keys string) string {
	t.Helper()
	config := configFor(t, "amqps://"+port.Loopback(f.port)+"/"+vhost, "durable: true", "dead_letters: file")
	edit(t, config, "broker: {", "broker: {"+keys+", ")
	return config
}

func certificate(ca, cert string) string {
	return fmt.Sprintf("ca_file: %q, cert_file: %q, key_file: %q", ca, cert, cert)
}

// TestCertificateLogin checks that events arrive over TLS with certificates on both sides,
// with login by certificate and by password.
func TestCertificateLogin(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 300
	f := newFortress(t)
	f.AddUser(t, "watcher", "s3cret", everything)
	tls := certificate(f.authority(), f.client(t, f.ca, "watcher"))
	for name, keys := range map[string]string{
		"external":    "auth: external, tls: {" + tls + "}",
		"plain":       "username: watcher, password: s3cret, tls: {" + tls + "}",
		"server name": "auth: external, tls: {server_name: " + serverName + ", " + tls + "}",
		"TLS 1.3":     "auth: external, tls: {min_version: \"1.3\", " + tls + "}",
	} {
		t.Run(name, func(t *testing.T) {
			v := f.NewVHost(t)
			permit(t, v, "watcher", everything)
			d := rig.Daemon(t, "run", "--config", f.config(t, v.Name(), keys))
			consuming(t, v)
			publish(t, v, recorded(t, n))
			arrived(t, n, d)
			empty(t, v, queue)
			stop(t, d)
		})
	}
}

func permit(t *testing.T, v *rig.VHost, user string, p rabbit.Permissions) {
	t.Helper()
	if err := v.Admin().Permit(t.Context(), v.Name(), user, p); err != nil {
		t.Fatal(err)
	}
}

// TestPresets checks that a preset works, given only the broker's address, on a broker with
// the rules of Fedora's public one. The name of its queue follows these rules and is kept,
// so that no message is missed during a restart.
func TestPresets(t *testing.T) {
	t.Parallel() // it mostly waits
	f := newFortress(t)
	const vhost, own = "/public_pubsub", `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|amq\.gen-.*`
	if err := f.Admin().CreateVHost(t.Context(), vhost); err != nil {
		t.Fatal(err)
	}
	if err := f.Admin().PutUser(t.Context(), "fedora", ""); err != nil {
		t.Fatal(err)
	}
	if err := f.Admin().Permit(t.Context(), vhost, "fedora", rabbit.Permissions{
		Configure: "^(" + own + ")$", Write: "^(" + own + ")$", Read: "^(" + own + `|amq\.topic)$`,
	}); err != nil {
		t.Fatal(err)
	}
	for preset, prefix := range map[string]string{"fedora": "org.fedoraproject.", "centos": "org.centos."} {
		t.Run(preset, func(t *testing.T) { f.watchWithPreset(t, preset, prefix) })
	}
}

// watchWithPreset stops and starts a daemon with a preset while messages arrive whose topics
// have the prefix of its Koji.
func (f *fortress) watchWithPreset(t *testing.T, preset, prefix string) {
	t.Helper()
	messages, err := replay.Load("../parse/testdata/recordings/messages-fedora.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		messages[i].RoutingKey = strings.Replace(messages[i].RoutingKey, "org.fedoraproject.", prefix, 1)
	}
	state, cert := rig.TempDir(t), f.client(t, f.ca, "fedora")
	watch := func(events int) *rig.Process {
		return rig.DaemonWith(t, rig.Command{
			Args: []string{
				"run", "--preset", preset, "--broker", "amqps://" + port.Loopback(f.port) + "/%2Fpublic_pubsub",
				"--ca-file", f.authority(), "--cert-file", cert, "--key-file", cert,
				"--format", "json", "--count", strconv.Itoa(events),
			},
			Env: []string{"XDG_STATE_HOME=" + state},
		})
	}
	first := watch(len(messages) / 2)
	first.WaitStderr(t, patience, `"consuming"`)
	address, err := url.Parse(f.URL())
	if err != nil {
		t.Fatal(err)
	}
	address.Path, address.RawPath = "//public_pubsub", "/%2Fpublic_pubsub"
	p, err := replay.Dial(address.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	p.Persistent = true
	if err := p.Publish(t.Context(), messages...); err != nil {
		t.Fatal(err)
	}
	if code := first.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
	second := watch(len(messages) - len(messages)/2)
	if code := second.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
	got := append(rig.Output[out](t, first), rig.Output[out](t, second)...)
	if len(got) != len(messages) {
		t.Fatalf("%d events for %d messages", len(got), len(messages))
	}
	for i, e := range got {
		if e.ID != messages[i].Publishing.MessageId || e.Topic != messages[i].RoutingKey {
			t.Fatalf("event %d is %+v, want the event of %s", i+1, e, messages[i].Publishing.MessageId)
		}
	}
}

// TestCertificateRotation checks that certificates are read again for each connection, so
// that a renewed one is used from the next connection on.
func TestCertificateRotation(t *testing.T) {
	t.Parallel() // it mostly waits
	f := newFortress(t)
	f.AddUser(t, "first", "", everything)
	f.AddUser(t, "second", "", everything)
	cert := f.client(t, f.ca, "first")
	d := rig.Daemon(t, "run", "--config", f.config(t, f.Name(), "auth: external, tls: {"+certificate(f.authority(), cert)+"}"))
	connected := connectedAs(t, f.VHost, "first")
	if err := os.Rename(f.client(t, f.ca, "second"), cert); err != nil {
		t.Fatal(err)
	}
	if err := f.CloseConnection(t.Context(), connected, "try the new one"); err != nil {
		t.Fatal(err)
	}
	connectedAs(t, f.VHost, "second")
	consuming(t, f.VHost)
	publish(t, f.VHost, recorded(t, 100))
	arrived(t, 100, d)
	stop(t, d)
}

// connectedAs waits until a user is connected and returns the connection's name.
func connectedAs(t *testing.T, v *rig.VHost, user string) (name string) {
	t.Helper()
	rig.Eventually(t, patience, func() error {
		connections, err := v.Connections(t.Context())
		if err != nil {
			return err
		}
		for _, c := range connections {
			if c.User == user {
				name = c.Name
				return nil
			}
		}
		return fmt.Errorf("%s is not among %+v", user, connections)
	})
	return name
}
