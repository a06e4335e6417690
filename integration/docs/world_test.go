//go:build integration

package docs

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/smtpd"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// patience is how long a test waits for something that takes seconds on an idle machine.
const patience = 2 * time.Minute

// world is a machine that matches the pages, made of namespaces: it has the hosts and files
// that they mention, and no other network. Files written there are gone after the test. Users
// other than root need permission to create such namespaces.
type world struct {
	dir     string // shared by the machine and the tests
	broker  *rig.Private
	hub     *hubtest.Hub
	ca      *testca.CA
	inner   *proc.Child
	env     []string
	serving sync.WaitGroup
}

// The addresses of the world's servers.
const (
	https, amqps, amqp, submission = "127.0.0.1:443", "127.0.0.1:5671", "127.0.0.1:5672", "127.0.0.1:587"
)

// names returns the names of the world's hosts.
func names() []string {
	return []string{
		"localhost", "koji.fedoraproject.org", "koji.example.com", "rabbitmq.fedoraproject.org",
		"rabbitmq.example.com", "ci.example.com", "smtp.example.com", "ntfy.sh",
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{dir: rig.TempDir(t)}
	var err error
	if w.ca, err = testca.New("CA of the world"); err != nil {
		t.Fatal(err)
	}
	pair, err := w.ca.Server(append(names(), "127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := pair.WriteFile(w.dir, "server")
	if err != nil {
		t.Fatal(err)
	}
	tlsPort := w.startBroker(t, certificate)
	mail, err := smtpd.Launch(t.Context(), rig.TempDir(t), smtpd.Options{
		Certificate: certificate, User: "kojiwatch", Password: "s3cret", Mechanisms: []string{"PLAIN"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mail.Close)
	w.furnish(t)
	t.Cleanup(w.serving.Wait)
	listeners := w.enter(t)
	address, err := url.Parse(w.broker.URL())
	if err != nil {
		t.Fatal(err)
	}
	w.forward(t, listeners[amqp], address.Host)
	w.forward(t, listeners[amqps], port.Loopback(tlsPort))
	w.forward(t, listeners[submission], mail.Addr())
	w.serveHTTPS(t, listeners[https], pair.TLS)
	return w
}

// startBroker starts a broker that serves as Fedora's public broker, with its rules for names
// of queues, and as all other brokers.
func (w *world) startBroker(t *testing.T, certificate string) (tlsPort int) {
	t.Helper()
	tlsPort, err := port.One()
	if err != nil {
		t.Fatal(err)
	}
	authority, err := w.ca.WriteFile(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	w.broker = rig.PrivateBroker(t, rabbit.WithPlugins("rabbitmq_auth_mechanism_ssl"),
		rabbit.WithFiles(authority, certificate), rabbit.WithListener("listeners.ssl.1", tlsPort), rabbit.WithConfig(
			"ssl_options.cacertfile = "+authority,
			"ssl_options.certfile = "+certificate,
			"ssl_options.keyfile = "+certificate,
			"ssl_options.verify = verify_peer",
			"ssl_options.fail_if_no_peer_cert = false",
			"auth_mechanisms.1 = EXTERNAL",
			"auth_mechanisms.2 = PLAIN",
			"ssl_cert_login_from = common_name",
		))
	const own = `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|amq\.gen-.*`
	w.user(t, "guest", "guest", "/", rabbit.Everything())
	w.user(t, "guest", "guest", "/public_pubsub", rabbit.Everything())
	w.user(t, "ci", "s3cret", "/", rabbit.Everything())
	w.user(t, "fedora", "", "/public_pubsub", rabbit.Permissions{
		Configure: "^(" + own + ")$", Write: "^(" + own + ")$", Read: "^(" + own + `|amq\.topic)$`,
	})
	return tlsPort
}

func (w *world) user(t *testing.T, name, password, vhost string, p rabbit.Permissions) {
	t.Helper()
	admin := w.broker.Admin()
	if err := admin.CreateVHost(t.Context(), vhost); err != nil {
		t.Fatal(err)
	}
	if err := admin.PutUser(t.Context(), name, password); err != nil {
		t.Fatal(err)
	}
	if err := admin.Permit(t.Context(), vhost, name, p); err != nil {
		t.Fatal(err)
	}
}

// enter creates the namespaces and returns the listeners in them.
func (w *world) enter(t *testing.T) map[string]net.Listener {
	t.Helper()
	socket := filepath.Join(w.dir, "listeners")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	addresses := []string{https, amqps, amqp, submission}
	args := []string{"--mount", "--net"}
	if os.Geteuid() != 0 {
		args = append(args, "--map-root-user")
	}
	args = append(args, "sh", "-euc", `
		mkdir "$dir/over"
		mount -t tmpfs tmpfs "$dir/over"
		for name in etc usr var; do
			mkdir "$dir/over/$name" "$dir/over/$name.work"
			mount -t overlay -o "lowerdir=/$name,upperdir=$dir/over/$name,workdir=$dir/over/$name.work" overlay "/$name"
		done
		cp -R --remove-destination "$dir/files/." /
		exec "$@"`, "sh", self)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "unshare", append(args, addresses...)...)
	cmd.Env = append(os.Environ(), "dir="+w.dir, insideVariable+"="+socket)
	said := &proc.Lines{}
	cmd.Stdout, cmd.Stderr = said, said
	if w.inner, err = proc.Start(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.inner.Kill)
	if err := l.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	conn, err := l.AcceptUnix()
	if err != nil {
		t.Fatalf("%v; it says:\n%s", err, said)
	}
	t.Cleanup(func() { _ = conn.Close() })
	listeners, err := received(conn, addresses)
	if err != nil {
		t.Fatalf("%v; it says:\n%s", err, said)
	}
	return listeners
}

// forward forwards connections from the world to a target outside.
func (w *world) forward(t *testing.T, l net.Listener, target string) {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	t.Cleanup(func() {
		end()
		_ = l.Close()
	})
	w.serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			w.serving.Go(func() { splice(ctx, conn, target) })
		}
	})
}

func splice(ctx context.Context, conn net.Conn, target string) {
	defer func() { _ = conn.Close() }()
	out, err := new(net.Dialer).DialContext(ctx, "tcp", target)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	over := context.AfterFunc(ctx, func() {
		_ = conn.Close()
		_ = out.Close()
	})
	defer over()
	var both sync.WaitGroup
	for from, to := range map[net.Conn]net.Conn{conn: out, out: conn} {
		both.Go(func() {
			_, _ = io.Copy(to, from)
			_ = to.(*net.TCPConn).CloseWrite()
		})
	}
	both.Wait()
}

// serveHTTPS serves the hubs and the receivers of webhooks.
func (w *world) serveHTTPS(t *testing.T, l net.Listener, certificate tls.Certificate) {
	t.Helper()
	var err error
	if w.hub, err = hubtest.New(hubtest.Options{Data: past(time.Now())}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(hubtest.Path, w.hub)
	mux.Handle(hubtest.Path+"/", w.hub)
	for _, receiver := range []string{"ci.example.com/", "ntfy.sh/"} {
		mux.HandleFunc(receiver, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	}
	// A client may abort a handshake, which is not worth a log line.
	quiet := log.New(io.Discard, "", 0)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute, ErrorLog: quiet, TLSConfig: &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate},
		ClientCAs: w.ca.Pool(), ClientAuth: tls.VerifyClientCertIfGiven,
	}}
	w.serving.Go(func() { _ = server.ServeTLS(l, "", "") })
	t.Cleanup(func() {
		w.hub.Close()
		_ = server.Close()
	})
}

// run starts a shell command in the world.
func (w *world) run(t *testing.T, dir, script string) (*proc.Child, *proc.Lines) {
	t.Helper()
	args := []string{"--target", strconv.Itoa(w.inner.PID()), "--mount", "--net"}
	if os.Geteuid() != 0 {
		args = append(args, "--user", "--preserve-credentials")
	}
	args = append(args, "bash", "-c", "cd "+dir+" || exit\n"+script)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "nsenter", args...)
	cmd.Env = slices.Concat(os.Environ(), w.env)
	said := &proc.Lines{}
	cmd.Stdout, cmd.Stderr = said, said
	child, err := proc.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(child.Kill)
	return child, said
}

// goEnvironment returns variables that make the go command reuse the tests' builds and
// download nothing.
func goEnvironment(t *testing.T) []string {
	t.Helper()
	flags := "-pgo=off"
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		flags += " -race"
	}
	env := []string{"GOPROXY=off", "GOFLAGS=" + flags}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, fmt.Sprintf("%s=%s", name, strings.TrimSpace(string(value))))
	}
	return env
}
