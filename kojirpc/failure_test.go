package kojirpc_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// httpAnswer returns an HTTP response in its wire format.
func httpAnswer(status string, header, body string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s", status, len(body), header, body)
}

const (
	oneXML  = "<?xml version='1.0'?><methodResponse><params><param><value><int>1</int></value></param></params></methodResponse>"
	pageXML = "<!DOCTYPE HTML><html><head><title>502 Bad Gateway</title></head>\n<body><h1>Bad\x1b[31m Gateway</h1><p>The proxy &amp; its <b>upstream</b> disagree.</p></body></html>"
	closing = "Connection: close\r\n"
)

// TestUnexpectedAnswers checks the errors for answers that do not come from a hub, or
// come from a hub that fails, and that requests are retried if that may help.
func TestUnexpectedAnswers(t *testing.T) {
	tests := []struct {
		name     string
		answer   []byte
		want     []string
		requests int32
	}{
		{"bad gateway", httpAnswer("502 Bad Gateway", "", pageXML), []string{"HTTP 502 Bad Gateway: Bad\ufffd[31m Gateway The proxy & its upstream disagree."}, 3},
		{"unavailable", httpAnswer("503 Service Unavailable", "Retry-After: 1\r\n", ""), []string{"HTTP 503 Service Unavailable"}, 3},
		{"gateway timeout", httpAnswer("504 Gateway Timeout", "", "late"), []string{"HTTP 504 Gateway Timeout: late"}, 3},
		{"server error", httpAnswer("500 Internal Server Error", "", "oops"), []string{"HTTP 500 Internal Server Error: oops"}, 1},
		{"not found", httpAnswer("404 Not Found", "", "<p>Not Found</p>"), []string{"HTTP 404 Not Found: Not Found"}, 1},
		{"odd status", httpAnswer("799 What", "", ""), []string{"HTTP 799"}, 1},
		{"moved", httpAnswer("302 Found", "Location: https://new.example.com/kojihub?session-key=s3cret\r\n", ""), []string{"HTTP 302 Found: it redirects to https://new.example.com/kojihub; the server's URL must be the one at the end"}, 1},
		{"moved nowhere", httpAnswer("301 Moved Permanently", "", ""), []string{"it redirects; the server's URL"}, 1},
		{"a page", httpAnswer("200 OK", "", pageXML), []string{"xmlrpc: ", "HTML"}, 3},
		{"nothing", httpAnswer("200 OK", "", ""), []string{"xmlrpc: "}, 3},
		{"a request", httpAnswer("200 OK", "", "<methodCall><methodName>x</methodName></methodCall>"), []string{"xmlrpc: "}, 3},
		{"half an answer", httpAnswer("200 OK", "", oneXML[:80]), []string{"xmlrpc: ", "cut short"}, 3},
		{"truncated body", []byte("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n" + closing + "\r\n" + oneXML), []string{"reading the answer failed after 113 bytes: unexpected EOF"}, 3},
		{"hung up", nil, []string{"EOF"}, 3},
		{"no HTTP", []byte("SSH-2.0-OpenSSH_9.6\r\n\r\n"), []string{"malformed HTTP"}, 3},
		{"header too long", append([]byte("HTTP/1.1 200 OK\r\nX: "), bytes.Repeat([]byte("x"), 300<<10)...), []string{"exceeded"}, 3},
		{"too long", httpAnswer("200 OK", "", oneXML+strings.Repeat(" ", 2000)), []string{"1000", "bytes"}, 1},
		{"not a number", httpAnswer("200 OK", "", strings.ReplaceAll(oneXML, "int>", "string>")), []string{"xmlrpc: "}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var n atomic.Int32
			ln := listen(t)
			serveRaw(t, ln, func(*http.Request, []byte) []byte {
				n.Add(1)
				return tt.answer
			})
			c := newClient(t, kojirpc.Options{
				Server: "http://" + ln.Addr().String(),
				Retry:  kojirpc.Retry{Max: 2, First: time.Millisecond, Last: 2 * time.Millisecond},
				Limits: xmlrpc.Limits{Bytes: 1000},
			})
			_, err := c.GetAPIVersion(t.Context())
			text := mustFail(t, err, append(tt.want, "hub getAPIVersion: ")...)
			if strings.ContainsAny(text, "\x1b\n") || strings.Contains(text, "s3cret") || len(text) > 1000 {
				t.Errorf("%q", text)
			}
			if n.Load() != tt.requests {
				t.Errorf("%d requests", n.Load())
			}
		})
	}
}

// TestDecompressedSizeIsLimited checks that the limit applies to the decompressed answer.
func TestDecompressedSizeIsLimited(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 50 {
		if _, err := z.Write(bytes.Repeat([]byte(" "), 100<<10)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	ln := listen(t)
	serveRaw(t, ln, func(*http.Request, []byte) []byte {
		return httpAnswer("200 OK", "Content-Encoding: gzip\r\n"+closing, packed.String())
	})
	c := newClient(t, kojirpc.Options{Server: "http://" + ln.Addr().String(), Limits: xmlrpc.Limits{Bytes: 1 << 20}})
	_, err := c.GetAPIVersion(t.Context())
	if limit, ok := errors.AsType[*xmlrpc.LimitError](err); !ok || limit.Limit != 1<<20 {
		t.Error(err)
	}
}

func TestRetriesSucceed(t *testing.T) {
	for _, effect := range []struct {
		name string
		hubtest.Effect
	}{
		{"503", hubtest.Status(503)},
		{"a page", hubtest.Answer(pageXML)},
		{"connection closed before the call", hubtest.DropBefore()},
		{"connection closed after the call", hubtest.DropAfter()},
		{"connection closed during the answer", hubtest.DropDuring()},
		{"truncated answer", hubtest.Truncated()},
		{"offline", hubtest.Fault(1014, "server is offline")},
	} {
		t.Run(effect.name, func(t *testing.T) {
			hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
			c := newClient(t, kojirpc.Options{Server: hub.URL, Retry: quick()})
			hub.Inject(hubtest.Failure{Effect: effect.Effect, Times: 3})
			if u, err := c.GetUser(t.Context(), kojirpc.ID(5)); err != nil || u.Name != "tomáš" {
				t.Errorf("alone: %v, %v", u, err)
			}
			if effect.name == "offline" {
				return // an offline hub does not get to the calls of a batch
			}
			hub.Inject(hubtest.Failure{Effect: effect.Effect, Times: 3})
			b := kojirpc.NewBatch(c)
			one, two := kojirpc.Add[int](b, "getAPIVersion"), kojirpc.Add[string](b, "getKojiVersion")
			if err := b.Send(t.Context()); err != nil {
				t.Fatal(err)
			}
			if v, err := one.Get(); v != 1 || err != nil {
				t.Error(v, err)
			}
			if v, err := two.Get(); v != "1.35.3" || err != nil {
				t.Error(v, err)
			}
		})
	}
}

func TestOfflineRetry(t *testing.T) {
	hub := hubtest.Start(t)
	hub.Offline("database outage")
	o := kojirpc.Options{Server: hub.URL, Retry: quick(), Breaker: kojirpc.Breaker{First: time.Millisecond, Last: time.Millisecond}}
	_, err := newClient(t, o).GetAPIVersion(t.Context())
	offline, ok := errors.AsType[*kojirpc.Fault](err)
	if !ok || offline.Code != kojirpc.CodeServerOffline || offline.Text != "database outage" {
		t.Error(err)
	}
	o.Retry.Offline = true
	c := newClient(t, o)
	done := make(chan error, 1)
	go func() {
		_, err := c.GetAPIVersion(context.Background())
		done <- err
	}()
	waitFor(t, func() bool { return c.Stats().Retries > 20 })
	hub.Online()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestFailingHubIsNotCalled checks that after a few failures calls fail without a request.
func TestFailingHubIsNotCalled(t *testing.T) {
	hub := hubtest.Start(t)
	remove := hub.Inject(hubtest.Failure{Effect: hubtest.DropBefore()})
	var notices notices
	c := newClient(t, kojirpc.Options{
		Server: hub.URL, Retry: quick(), Notify: notices.add,
		Breaker: kojirpc.Breaker{First: 50 * time.Millisecond, Last: 50 * time.Millisecond},
	})
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if _, err := c.GetAPIVersion(t.Context()); err == nil {
				t.Error("no error")
			}
			if _, err := c.Call(t.Context(), "listChannels"); err == nil {
				t.Error("no error")
			}
		})
	}
	wg.Wait()
	s := c.Stats()
	if s.Requests > 100 || s.Refused < 100 || notices.count(kojirpc.NoticeDown) == 0 {
		t.Errorf("%+v", s)
	}
	remove()
	waitFor(t, func() bool { _, err := c.GetAPIVersion(t.Context()); return err == nil })
	if c.Stats().Down || notices.count(kojirpc.NoticeUp) != 1 {
		t.Errorf("%+v, %+v", c.Stats(), notices.list)
	}
}

func TestConnectionRefused(t *testing.T) {
	ln := listen(t)
	addr := ln.Addr().String()
	ln.Close()
	c := newClient(t, kojirpc.Options{Server: "http://" + addr, Retry: quick()})
	_, err := c.Call(t.Context(), "makeTask", "sleep", []any{1})
	network, ok := errors.AsType[*kojirpc.NetworkError](err)
	if !ok || !network.Unsent || network.Timeout() {
		t.Fatal(err)
	}
	mustFail(t, err, "hub makeTask: "+addr+": dial tcp "+addr, "connection refused")
	if n := c.Stats().Requests; n != 5 {
		t.Errorf("%d requests: what was never sent may be tried again", n)
	}
}

func TestTimeouts(t *testing.T) {
	hub := hubtest.Start(t)
	hub.Inject(hubtest.Failure{Effect: hubtest.Hang()})
	c := newClient(t, kojirpc.Options{Server: hub.URL, Timeout: 20 * time.Millisecond, Retry: kojirpc.Retry{Max: -1}})
	_, err := c.GetAPIVersion(t.Context())
	network, ok := errors.AsType[*kojirpc.NetworkError](err)
	if !ok || !network.Timeout() {
		t.Fatal(err)
	}
	mustFail(t, err, "no answer within 20ms")

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	for _, method := range []string{"getAPIVersion", "listChannels", "logout"} {
		if _, err := c.Call(ctx, method); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", method, err)
		}
	}
	reason := errors.New("the daemon stops")
	because, stop := context.WithCancelCause(t.Context())
	stop(reason)
	if _, err := c.Call(because, "listChannels"); !errors.Is(err, reason) {
		t.Error(err)
	}
}

// TestHalfDeadConnections checks that if all connections silently stop working, one
// request times out and the next ones succeed.
func TestHalfDeadConnections(t *testing.T) {
	hub := hubtest.Start(t)
	address, err := url.Parse(hub.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := wire.Listen(address.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Close)
	c := newClient(t, kojirpc.Options{
		Server: proxy.URL(hub.URL), Timeout: time.Second, Retry: kojirpc.Retry{Max: -1}, Batching: kojirpc.Batching{Off: true},
	})
	hub.Inject(hubtest.Failure{Effect: hubtest.Delay(50 * time.Millisecond), Times: 4})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := c.GetAPIVersion(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := proxy.Open(); n != 4 {
		t.Fatalf("%d connections", n)
	}
	proxy.Freeze()
	if _, err := c.GetAPIVersion(t.Context()); err == nil {
		t.Fatal("got an answer over a frozen connection")
	}
	for range 3 {
		if _, err := c.GetAPIVersion(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestRetriesEndWithTheContext checks that no pause is longer than the rest of the
// context, and that canceling the context ends a pause.
func TestRetriesEndWithTheContext(t *testing.T) {
	hub := hubtest.Start(t)
	hub.Inject(hubtest.Failure{Effect: hubtest.Status(503)})
	c := newClient(t, kojirpc.Options{
		Server: hub.URL, Batching: kojirpc.Batching{Off: true}, Breaker: kojirpc.Breaker{Off: true},
		Retry: kojirpc.Retry{Max: 1000000, First: time.Hour, Last: time.Hour},
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := c.GetAPIVersion(ctx)
	if status, ok := errors.AsType[*kojirpc.HTTPError](err); !ok || status.Status != 503 {
		t.Error(err)
	}
	before := c.Stats().Retries // not always 0: rarely, a random pause is short enough
	ctx, giveUp := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := c.GetAPIVersion(ctx)
		if _, ok := errors.AsType[*kojirpc.HTTPError](err); !ok || !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	waitFor(t, func() bool { return c.Stats().Retries > before })
	giveUp()
	wg.Wait()
}

func TestClose(t *testing.T) {
	hub := hubtest.Start(t)
	hub.Inject(hubtest.Failure{Effect: hubtest.Hang()})
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, method := range []string{"getAPIVersion", "listChannels"} {
		wg.Go(func() {
			if _, err := c.Call(context.Background(), method); !errors.Is(err, kojirpc.ErrClosed) {
				t.Errorf("%s: %v", method, err)
			}
		})
	}
	waitFor(t, func() bool { return c.Stats().InFlight == 2 })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	wg.Wait()
	if err := c.Close(ctx); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if _, err := c.GetAPIVersion(t.Context()); !errors.Is(err, kojirpc.ErrClosed) {
		t.Error(err)
	}
	if err := kojirpc.NewBatch(c).Send(t.Context()); err != nil {
		t.Error(err)
	}
	b := kojirpc.NewBatch(c)
	r := kojirpc.Add[int](b, "getAPIVersion")
	if err := b.Send(t.Context()); !errors.Is(err, kojirpc.ErrClosed) {
		t.Error(err)
	}
	if _, err := r.Get(); !errors.Is(err, kojirpc.ErrNotSent) {
		t.Error(err)
	}
}

// TestInFlightLimit checks that the limit applies to the client and its sessions together.
func TestInFlightLimit(t *testing.T) {
	l := newLab(t, hubtest.Options{}, func(o *kojirpc.Options, _ *kojirpc.Credentials) {
		o.MaxInFlight = 3
		o.Batching.Off = true
	})
	l.whoami(t)
	l.ResetStats()
	l.Inject(hubtest.Failure{Effect: hubtest.Delay(2 * time.Millisecond)})
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			api := l.client.API
			if i%2 == 0 {
				api = l.session.API
			}
			if _, err := api.GetAPIVersion(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s := l.Stats(); s.MaxInFlight > 3 || s.Connections > 10 {
		t.Errorf("%+v", s)
	}
}

// TestRequests checks method, URL and headers of a request.
func TestRequests(t *testing.T) {
	var mu sync.Mutex
	var got *http.Request
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got = r
		w.Write([]byte(oneXML)) //nolint:errcheck // the client may have gone
	}))
	defer srv.Close()
	c := newClient(t, kojirpc.Options{Server: srv.URL + "/kojihub", UserAgent: "kojiwatch/1.2.3"})
	if _, err := c.GetAPIVersion(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	want := http.Header{
		"User-Agent": {"kojiwatch/1.2.3"}, "Content-Type": {"text/xml"}, "Accept-Encoding": {"gzip"}, "Content-Length": {"107"},
	}
	if got.Method != http.MethodPost || got.URL.String() != "/kojihub" || fmt.Sprint(got.Header) != fmt.Sprint(want) {
		t.Errorf("%s %s %v", got.Method, got.URL, got.Header)
	}
}

func TestConnectionsAreReused(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Gzip: true, Data: hubtest.Recorded()})
	c := newClient(t, kojirpc.Options{Server: hub.URL, Batching: kojirpc.Batching{Off: true}})
	for range 50 {
		if _, err := c.ListChannels(t.Context(), kojirpc.ID(0)); err != nil {
			t.Fatal(err)
		}
	}
	if n := hub.Stats().Connections; n != 1 {
		t.Errorf("%d connections", n)
	}
}

// TestClosedIdleConnection checks that a request over an idle connection that the server
// has closed is retried without a pause.
func TestClosedIdleConnection(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{KeepAliveRequests: 1000000})
	c := newClient(t, kojirpc.Options{Server: hub.URL, Retry: kojirpc.Retry{First: time.Hour, Last: time.Hour}})
	for range 5 {
		if _, err := c.GetAPIVersion(t.Context()); err != nil {
			t.Fatal(err)
		}
		hub.Inject(hubtest.Failure{Effect: hubtest.DropBefore(), Times: 1})
	}
}

func TestTLS(t *testing.T) {
	hub := hubtest.Start(t)
	dir := t.TempDir()
	ca, err := hub.CA.WriteFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	get := func(o kojirpc.Options) error {
		o.Retry = quick()
		c := newClient(t, o)
		_, err := c.GetAPIVersion(t.Context())
		if s := c.Stats(); err != nil && s.Requests != 1 {
			t.Errorf("%d requests: a certificate does not get better", s.Requests)
		}
		return err
	}
	if err := get(kojirpc.Options{Server: hub.TLSURL, TLS: kojirpc.TLS{ServerCA: ca}}); err != nil {
		t.Error(err)
	}
	if err := get(kojirpc.Options{Server: hub.TLSURL, TLS: kojirpc.TLS{NoVerify: true}}); err != nil {
		t.Error(err)
	}
	mustFail(t, get(kojirpc.Options{Server: hub.TLSURL}), "certificate signed by unknown authority")
	mustFail(t, get(kojirpc.Options{Server: strings.Replace(hub.URL, "http:", "https:", 1)}), "first record does not look like a TLS handshake")

	_, err = kojirpc.New(kojirpc.Options{Server: hub.TLSURL, TLS: kojirpc.TLS{ServerCA: "/nowhere/ca.crt"}})
	mustFail(t, err, "hub client: server CA: open /nowhere/ca.crt")
	if err := os.WriteFile(ca, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = kojirpc.New(kojirpc.Options{Server: hub.TLSURL, TLS: kojirpc.TLS{ServerCA: ca}})
	mustFail(t, err, "hub client: server CA: "+ca+" contains no PEM certificate")
}

// TestNewAuthority checks that a changed file of authorities is read again.
func TestNewAuthority(t *testing.T) {
	hub := hubtest.Start(t)
	old, err := testca.New("The old one")
	if err != nil {
		t.Fatal(err)
	}
	path, err := old.WriteFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, kojirpc.Options{Server: hub.TLSURL, TLS: kojirpc.TLS{ServerCA: path}, Breaker: kojirpc.Breaker{Off: true}})
	for range 2 {
		_, err = c.GetAPIVersion(t.Context())
		mustFail(t, err, "certificate signed by unknown authority")
	}
	if err := os.WriteFile(path, hub.CA.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err = c.GetAPIVersion(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestProxy checks that requests go through a proxy, whose password is kept secret.
func TestProxy(t *testing.T) {
	hub := hubtest.Start(t)
	var through atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through.Add(1)
		hub.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword("user", "s3cret")
	c := newClient(t, kojirpc.Options{Server: hub.URL, Proxy: http.ProxyURL(at)})
	if _, err := c.GetAPIVersion(t.Context()); err != nil || through.Load() != 1 {
		t.Error(through.Load(), err)
	}
	c = newClient(t, kojirpc.Options{
		Server: hub.URL, Retry: quick(),
		Proxy: func(*http.Request) (*url.URL, error) { return nil, errors.New("http://user:s3cret@%zz is no URL") },
	})
	_, err = c.GetAPIVersion(t.Context())
	if text := mustFail(t, err, "the proxy address"); strings.Contains(text, "s3cret") {
		t.Error(text)
	}
	at.Host = "127.0.0.1:1"
	c = newClient(t, kojirpc.Options{Server: hub.URL, Retry: quick(), Proxy: http.ProxyURL(at)})
	_, err = c.GetAPIVersion(t.Context())
	if text := mustFail(t, err, "proxyconnect"); strings.Contains(text, "s3cret") {
		t.Error(text)
	}
}
