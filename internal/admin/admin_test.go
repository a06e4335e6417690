package admin

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/internal/weblistener"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, o Options) *weblistener.Server {
	t.Helper()
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	if o.Status == nil {
		o.Status = full
	}
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// get returns the status and text of an answer.
func get(t *testing.T, method, network, address, path string) (int, string) {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://localhost"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// oneEstimate has an estimate for task 7.
func oneEstimate(task int64) ([]byte, bool) { return []byte(`{"samples":1}`), task == 7 }

func TestPages(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "beans_total", Help: "Beans."}))
	reason := errors.New("sink out: no session with the broker")
	for name, test := range map[string]struct {
		options Options
		method  string
		path    string
		status  int
		text    string // in the answer
	}{
		"metrics":       {Options{Metrics: registry}, "GET", "/metrics", 200, "beans_total 0"},
		"alive":         {Options{Ready: func() error { return reason }}, "GET", "/healthz", 200, "alive"},
		"ready":         {Options{Ready: func() error { return nil }}, "GET", "/readyz", 200, "ready"},
		"not ready":     {Options{Ready: func() error { return reason }}, "GET", "/readyz", 503, "not ready\nsink out: no session with the broker\n"},
		"ready by HEAD": {Options{Ready: func() error { return reason }}, "HEAD", "/readyz", 503, ""},
		"profiles":      {Options{Profiles: true}, "GET", "/debug/pprof/goroutine?debug=1", 200, "goroutine profile"},
		"no passwords":  {Options{Profiles: true}, "GET", "/debug/pprof/cmdline", 404, ""},
		"reload":        {Options{Reload: func(context.Context) (string, error) { return "changed: out\n", nil }}, "POST", "/-/reload", 200, "reloaded\nchanged: out\n"},
		"bad reload":    {Options{Reload: func(context.Context) (string, error) { return "", reason }}, "POST", "/-/reload", 500, "not reloaded\n" + reason.Error() + "\n"},
		"only posting":  {Options{Reload: func(context.Context) (string, error) { return "", nil }}, "GET", "/-/reload", 405, ""},
		"no reload":     {Options{}, "POST", "/-/reload", 404, ""},
		"estimate":      {Options{Estimate: oneEstimate}, "GET", "/estimate/7", 200, "{\"samples\":1}"},
		"no estimate":   {Options{Estimate: oneEstimate}, "GET", "/estimate/8", 404, "no estimate"},
		"not a task":    {Options{Estimate: oneEstimate}, "GET", "/estimate/bash", 400, "by its number"},
		"no profiles":   {Options{}, "GET", "/debug/pprof/goroutine", 404, ""},
		"index":         {Options{}, "GET", "/", 200, "/readyz"},
		"no such page":  {Options{}, "GET", "/secret", 404, ""},
		"only reading":  {Options{}, "POST", "/metrics", 405, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, test.options)
			status, text := get(t, test.method, "tcp", s.Addr(), test.path)
			if status != test.status || !strings.Contains(text, test.text) {
				t.Errorf("got %d, %q; want %d, %q", status, text, test.status, test.text)
			}
		})
	}
}

// TestHosts checks that requests with other host names are refused (DNS rebinding).
func TestHosts(t *testing.T) {
	own, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	const loopback, all = "127.0.0.1:0", "0.0.0.0:0"
	for name, test := range map[string]struct {
		listen, host string
		status       int
	}{
		"loopback by address":         {loopback, "127.0.0.1:9672", 200},
		"loopback by IPv6 address":    {loopback, "[::1]:9672", 200},
		"loopback by another address": {loopback, "192.0.2.7", 200},
		"loopback by name":            {loopback, "LocalHost.:9672", 200},
		"loopback without a name":     {loopback, "", 200},
		"loopback by a listed name":   {loopback, "kojiwatch.example.com", 200},
		"loopback by own name":        {loopback, own + ":9672", 421},
		"loopback by a page's name":   {loopback, "rebind.example.org:9672", 421},
		"loopback by a longer name":   {loopback, "localhost.example.org", 421},
		"loopback by an odd name":     {loopback, "127.0.0.1.example.org", 421},
		"the host in listen":          {"localhost:0", "localhost", 200},
		"all by address":              {all, "192.0.2.7:9672", 200},
		"all by IPv6 address":         {all, "[2001:db8::7]", 200},
		"all by own name":             {all, own, 200},
		"all by a listed name":        {all, "Kojiwatch.Example.com:9672", 200},
		"all by a page's name":        {all, "rebind.example.org:9672", 421},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, Options{Listen: test.listen, Hosts: []string{"kojiwatch.example.com"}, Reload: func(context.Context) (string, error) {
				return "changed\n", nil
			}})
			_, port, err := net.SplitHostPort(s.Addr())
			if err != nil {
				t.Fatal(err)
			}
			for _, request := range []string{"GET /metrics", "POST /-/reload"} {
				status, text := raw(t, "127.0.0.1:"+port, request+" HTTP/1.1\r\nHost: "+test.host+"\r\nConnection: close\r\n\r\n")
				if told := strings.Contains(text, "add the name to admin.hosts"); status != test.status || told != (status == 421) {
					t.Errorf("%s: got %d, %q; want %d", request, status, text, test.status)
				}
			}
		})
	}
}

// raw sends a request as written, and returns the status and text of the answer.
func raw(t *testing.T, address, request string) (int, string) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestReloadFromElsewhere checks that a request of another site's page is refused.
func TestReloadFromElsewhere(t *testing.T) {
	s := start(t, Options{Reload: func(context.Context) (string, error) {
		t.Error("reloaded for another site")
		return "", nil
	}})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.Addr()+"/-/reload", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("got %d, want 403", resp.StatusCode)
	}
}

func TestAddressTaken(t *testing.T) {
	first := start(t, Options{})
	_, err := Start(t.Context(), Options{Listen: first.Addr(), Metrics: prometheus.NewRegistry()})
	if want := first.Addr() + " is taken by another program; choose another address"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestSocket checks that a socket left by a dead process is replaced, but not one on which a
// process listens.
func TestSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "admin.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	start(t, Options{Listen: "unix:" + path})
	if status, _ := get(t, "GET", "unix", path, "/healthz"); status != 200 {
		t.Errorf("got %d", status)
	}
	if _, err := Start(t.Context(), Options{Listen: "unix:" + path, Metrics: prometheus.NewRegistry()}); err == nil {
		t.Error("replaced the socket of a running process")
	}
}

// TestCloseBreaksOff checks that Close ends requests that do not end by themselves.
func TestCloseBreaksOff(t *testing.T) {
	begun, end := make(chan struct{}), make(chan struct{})
	s, err := Start(t.Context(), Options{Listen: "127.0.0.1:0", Metrics: prometheus.NewRegistry(), Ready: func() error {
		close(begun)
		<-end
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a deadline error", err)
	}
	close(end)
}

// oneConn is a listener with one connection, in memory.
type oneConn struct {
	net.Listener
	conns chan net.Conn
}

func (l *oneConn) Accept() (net.Conn, error) {
	c, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l *oneConn) Close() error {
	close(l.conns)
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{} }

// TestTakesLong checks that slow answers, such as that of a reload, are waited for.
func TestTakesLong(t *testing.T) {
	for request, takes := range map[string]time.Duration{
		"POST /-/reload": 2 * time.Minute,
		"GET /debug/pprof/goroutine?debug=0&seconds=45": 45 * time.Second,
	} {
		t.Run(request, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := asked(t, request)
				began := time.Now()
				resp, err := http.ReadResponse(bufio.NewReader(client), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = resp.Body.Close() }()
				_, err = io.Copy(io.Discard, resp.Body)
				if took := time.Since(began); err != nil || resp.StatusCode != http.StatusOK || took != takes {
					t.Errorf("got %d after %s, %v; want 200 after %s", resp.StatusCode, took, err, takes)
				}
			})
		})
	}
}

// TestWhoDoesNotRead checks that the connection of a client that does not read is closed.
func TestWhoDoesNotRead(t *testing.T) {
	for request, takes := range map[string]time.Duration{
		"GET /metrics":   0,
		"POST /-/reload": 2 * time.Minute,
		"GET /debug/pprof/goroutine?debug=0&seconds=45": 45 * time.Second,
	} {
		t.Run(request, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := asked(t, request)
				time.Sleep(takes + weblistener.AnswerTime + time.Second)
				if n, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
					t.Errorf("read %d, %v; want a closed connection", n, err)
				}
			})
		})
	}
}

// asked returns a connection after sending a request to a server that takes two minutes for a
// reload.
func asked(t *testing.T, request string) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	l := &oneConn{conns: make(chan net.Conn, 1)}
	l.conns <- server
	s, err := serveOn(Options{Metrics: prometheus.NewRegistry(), Profiles: true, Reload: func(ctx context.Context) (string, error) {
		select {
		case <-time.After(2 * time.Minute):
			return "", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}}, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = client.Close()
		if err := s.Close(t.Context()); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	if _, err := io.WriteString(client, request+" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return client
}
