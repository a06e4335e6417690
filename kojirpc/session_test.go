package kojirpc_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// lab is a hub, a client for it, and a session of alice that is not logged in yet.
type lab struct {
	*hubtest.Server
	client  *kojirpc.Client
	session *kojirpc.Session
}

func people() hubtest.Data {
	return hubtest.Data{
		Users:   []hubtest.User{{Name: "alice", Perms: []string{"admin"}}, {Name: "bob", Blocked: true}, {Name: "carol"}},
		Tags:    []hubtest.Tag{{Name: "f44-build"}, {Name: "f44"}},
		Targets: []hubtest.Target{{Name: "f44", BuildTag: "f44-build", DestTag: "f44"}},
	}
}

func newLab(t *testing.T, ho hubtest.Options, change ...func(*kojirpc.Options, *kojirpc.Credentials)) *lab {
	t.Helper()
	if ho.Data.Users == nil {
		ho.Data = people()
	}
	l := &lab{Server: hubtest.Start(t, ho)}
	o := kojirpc.Options{Server: l.TLSURL, TLS: kojirpc.TLS{RootCAs: l.CA.Pool()}, Retry: quick()}
	cred := kojirpc.Credentials{Cert: certificate(t, l.CA, "alice")}
	for _, f := range change {
		f(&o, &cred)
	}
	l.client = newClient(t, o)
	var err error
	if l.session, err = l.client.Session(cred); err != nil {
		t.Fatal(err)
	}
	return l
}

func certificate(t *testing.T, ca *testca.CA, user string) string {
	t.Helper()
	pair, err := ca.Client(user)
	if err != nil {
		t.Fatal(err)
	}
	path, err := pair.WriteFile(t.TempDir(), user)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// whoami returns the name of the session's user.
func (l *lab) whoami(t *testing.T) string {
	t.Helper()
	u, err := l.session.GetLoggedInUser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return u.Name
}

// build makes a call that changes something.
func (l *lab) build(ctx context.Context) error {
	_, err := l.session.Call(ctx, "build", "git://src.example.com/rpms/bash#abc", "f44", map[string]any{"scratch": true})
	return err
}

func TestLogin(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	ctx := t.Context()
	for range 2 {
		if err := l.session.Login(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if who := l.whoami(t); who != "alice" {
		t.Errorf("logged in as %q", who)
	}
	if err := l.build(ctx); err != nil {
		t.Error(err)
	}
	if _, err := l.client.GetLoggedInUser(ctx); !errors.Is(err, kojirpc.ErrNotLoggedIn) {
		t.Errorf("the client is somebody: %v", err)
	}
	if s := l.client.Stats(); s.Logins != 1 {
		t.Errorf("%+v", s)
	}
	for range 2 {
		if err := l.session.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	if s := l.Sessions(); len(s) != 1 || !s[0].Closed || s[0].Callnum < 1 {
		t.Errorf("%+v", s)
	}
	if _, err := l.session.GetAPIVersion(ctx); !errors.Is(err, kojirpc.ErrClosed) {
		t.Error(err)
	}
}

func TestClientLogsOutItsSessions(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	l.whoami(t)
	if err := l.client.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := l.Sessions(); len(s) != 1 || !s[0].Closed {
		t.Errorf("%+v", s)
	}
	if _, err := l.client.Session(kojirpc.Credentials{Cert: "x"}); !errors.Is(err, kojirpc.ErrClosed) {
		t.Error(err)
	}
	if err := l.session.Login(t.Context()); !errors.Is(err, kojirpc.ErrClosed) {
		t.Error(err)
	}
}

func TestClosingBeforeLogin(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	if err := l.session.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := l.Stats().Requests; n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestCloseEndedSession checks that closing a session that the hub has ended is no error.
func TestCloseEndedSession(t *testing.T) {
	for _, end := range []string{"expired", "closed"} {
		t.Run(end, func(t *testing.T) {
			l := newLab(t, hubtest.Options{})
			l.whoami(t)
			if end == "expired" {
				l.ExpireAll()
			} else {
				l.CloseSessions()
			}
			if err := l.session.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestProxyUser(t *testing.T) {
	as := func(user string) func(*kojirpc.Options, *kojirpc.Credentials) {
		return func(_ *kojirpc.Options, c *kojirpc.Credentials) { c.ProxyUser = user }
	}
	l := newLab(t, hubtest.Options{ProxyUsers: []string{"CN=alice,O=Koji Lab", "CN=alice"}}, as("carol"))
	if who := l.whoami(t); who != "carol" {
		t.Errorf("logged in as %q", who)
	}
	l = newLab(t, hubtest.Options{ProxyUsers: []string{"CN=alice,O=Koji Lab", "CN=alice"}}, as("bob"))
	err := l.session.Login(t.Context())
	mustFail(t, err, "hub: login by client certificate: AuthError: logins by bob are not allowed")
	l = newLab(t, hubtest.Options{}, as("carol"))
	if err := l.session.Login(t.Context()); !errors.Is(err, kojirpc.CodeAuthError) {
		t.Error(err)
	}
}

func TestExpiredSessionIsRenewed(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	ctx := t.Context()
	if err := l.build(ctx); err != nil {
		t.Fatal(err)
	}
	before := l.Sessions()[0]
	l.ExpireAll()
	if who := l.whoami(t); who != "alice" {
		t.Errorf("renewed as %q", who)
	}
	after := l.Sessions()
	if len(after) != 1 || after[0].ID != before.ID || after[0].Key == before.Key || after[0].Expired {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	// The hub has kept the highest call number: starting at 0 again would be a
	// SequenceError.
	if err := l.build(ctx); err != nil {
		t.Error(err)
	}
	if s := l.client.Stats(); s.Logins != 1 || s.Renewals != 1 {
		t.Errorf("%+v", s)
	}
}

func TestExpiryInTheMiddle(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	l.whoami(t)
	l.Inject(hubtest.Failure{Method: "build", Effect: hubtest.ExpireSession(), Times: 1})
	if err := l.build(t.Context()); err != nil {
		t.Error(err)
	}
	// A session that expires again immediately is not renewed again.
	remove := l.Inject(hubtest.Failure{Method: "build", Effect: hubtest.ExpireSession()})
	defer remove()
	if err := l.build(t.Context()); !errors.Is(err, kojirpc.CodeAuthExpired) {
		t.Error(err)
	}
}

func TestClosedSessionLogsInAgain(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	l.whoami(t)
	l.CloseSessions()
	if err := l.build(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := l.Sessions(); len(s) != 2 || s[1].Closed {
		t.Errorf("%+v", s)
	}
}

// TestRefusedCall checks that a call's AuthError does not cause another login.
func TestRefusedCall(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	l.whoami(t)
	remove := l.Inject(hubtest.Failure{Method: "hasPerm", Effect: hubtest.Fault(1002, "not for you")})
	defer remove()
	_, err := l.session.Call(t.Context(), "hasPerm", "admin")
	mustFail(t, err, `hub hasPerm "admin": AuthError: not for you`)
	if s := l.Sessions(); len(s) != 1 {
		t.Errorf("%+v", s)
	}
}

// TestSessionOfAnOldHub checks sessions of hubs before 1.31, which take the session only
// in the URL.
func TestSessionOfAnOldHub(t *testing.T) {
	l := newLab(t, hubtest.Options{URLSessionsOnly: true, Version: "1.30.1"}, func(o *kojirpc.Options, _ *kojirpc.Credentials) { o.Breaker.Off = true })
	ctx := t.Context()
	if who := l.whoami(t); who != "alice" {
		t.Errorf("logged in as %q", who)
	}
	l.Inject(hubtest.Failure{Method: "build", Effect: hubtest.DropAfter(), Times: 1})
	if err := l.build(ctx); !errors.Is(err, kojirpc.CodeRetryError) {
		t.Error(err)
	}
	l.ExpireAll()
	if who := l.whoami(t); who != "alice" {
		t.Errorf("logged in again as %q", who)
	}
	if s := l.Sessions(); len(s) != 2 {
		t.Errorf("a renewal, which such a hub does not support: %+v", s)
	}
	key := l.Sessions()[1].Key
	remove := l.Inject(hubtest.Failure{Effect: hubtest.DropBefore()})
	defer remove()
	_, err := l.session.GetUser(ctx, kojirpc.ID(1))
	if text := mustFail(t, err, "EOF"); strings.Contains(text, key) || strings.Contains(text, "session-key") {
		t.Errorf("a secret in %q", text)
	}
}

// TestLostAnswers checks that a call retried with its call number is not executed twice.
func TestLostAnswers(t *testing.T) {
	for name, o := range map[string]hubtest.Options{
		"hub 1.35":             {},
		"hub 1.31 to 1.34":     {OldCallnumHeader: true, Version: "1.34.1"},
		"hub before 1.31":      {URLSessionsOnly: true, Version: "1.30.1"},
		"hub without versions": {Version: "1.34.1"},
	} {
		t.Run(name, func(t *testing.T) {
			o.Data = people()
			l := newLab(t, o)
			ctx := t.Context()
			l.whoami(t)

			l.Inject(hubtest.Failure{Method: "build", Effect: hubtest.DropBefore(), Times: 1})
			if err := l.build(ctx); err != nil {
				t.Errorf("a request that the hub has not seen: %v", err)
			}
			l.Inject(hubtest.Failure{Method: "build", Effect: hubtest.DropAfter(), Times: 1})
			if err := l.build(ctx); !errors.Is(err, kojirpc.CodeRetryError) {
				t.Errorf("an answer that was lost: %v", err)
			}
			if n := len(l.Data().Tasks); n != 2 {
				t.Errorf("%d tasks made by two calls", n)
			}
			if err := l.build(ctx); err != nil {
				t.Errorf("the next call: %v", err)
			}

			// The hub keeps the number of a multiCall even if it only reads. The
			// client retries it with another number.
			l.Inject(hubtest.Failure{Method: "multiCall", Effect: hubtest.DropAfter(), Times: 1})
			b := kojirpc.NewBatch(l.session)
			v := kojirpc.Add[int](b, "getAPIVersion")
			if err := b.Send(ctx); err != nil {
				t.Errorf("a batch that reads: %v", err)
			}
			if n, err := v.Get(); n != 1 || err != nil {
				t.Error(n, err)
			}
		})
	}
}

func TestWritesOutsideASessionAreNotRetried(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	l.Inject(hubtest.Failure{Method: "makeTask", Effect: hubtest.Status(503)})
	_, err := l.client.Call(t.Context(), "makeTask", "sleep", []any{1})
	mustFail(t, err, "hub makeTask: HTTP 503 Service Unavailable")
	if n := l.Stats().Requests; n != 1 {
		t.Errorf("%d requests", n)
	}
	_, err = l.client.GetAPIVersion(t.Context())
	if err != nil {
		t.Error(err)
	}
}

func TestExclusiveSessionStaysExclusive(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	ctx := t.Context()
	if _, err := l.session.Call(ctx, "exclusiveSession"); err != nil {
		t.Fatal(err)
	}
	other, err := l.client.Session(kojirpc.Credentials{Cert: certificate(t, l.CA, "alice")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.GetLoggedInUser(ctx); !errors.Is(err, kojirpc.CodeAuthLockError) {
		t.Error(err)
	}
	l.ExpireAll()
	l.whoami(t)
	if s := l.Sessions(); !s[0].Exclusive {
		t.Errorf("%+v", s)
	}
}

func TestOneCallAtATime(t *testing.T) {
	l := newLab(t, hubtest.Options{}, func(o *kojirpc.Options, _ *kojirpc.Credentials) { o.Batching.Off = true })
	l.whoami(t)
	l.ResetStats()
	remove := l.Inject(hubtest.Failure{Effect: hubtest.Delay(3 * time.Millisecond)})
	defer remove()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := l.session.GetAPIVersion(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := l.Stats().MaxInFlight; n != 1 {
		t.Errorf("%d calls of a session at once", n)
	}
	l.ResetStats()
	for range 20 {
		wg.Go(func() {
			if _, err := l.client.GetAPIVersion(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := l.Stats().MaxInFlight; n < 2 || n > 4 {
		t.Errorf("%d anonymous calls at once", n)
	}
}

func TestReadsOfASessionAreGathered(t *testing.T) {
	l := newLab(t, hubtest.Options{Data: hubtest.Recorded()})
	l.whoami(t)
	l.ResetStats()
	remove := l.Inject(hubtest.Failure{Effect: hubtest.Delay(5 * time.Millisecond)})
	defer remove()
	var wg sync.WaitGroup
	for n := range 40 {
		wg.Go(func() {
			id := int64(n%5 + 1)
			if u, err := l.session.GetUser(t.Context(), kojirpc.ID(id)); err != nil || u.ID != id {
				t.Error(u, err)
			}
		})
	}
	wg.Wait()
	if s := l.Stats(); s.Requests > 10 || s.MaxInFlight != 1 || s.Calls["getUser"] != 40 {
		t.Errorf("%+v", s)
	}
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for !ok() {
		if t.Context().Err() != nil {
			t.Fatal("it does not come")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestClosingFailsWaitingCalls(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	l.whoami(t)
	l.Inject(hubtest.Failure{Method: "build", Effect: hubtest.Delay(50 * time.Millisecond), Times: 1})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := l.build(t.Context()); err != nil {
			t.Errorf("a call under way: %v", err)
		}
	})
	waitFor(t, func() bool { return l.client.Stats().InFlight == 1 })
	for range 5 {
		wg.Go(func() {
			if err := l.build(t.Context()); !errors.Is(err, kojirpc.ErrClosed) {
				t.Errorf("a call that waits: %v", err)
			}
		})
	}
	waitFor(t, func() bool { return l.client.Stats().Calls == 7 })
	time.Sleep(5 * time.Millisecond)
	if err := l.session.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if s := l.Sessions(); !s[0].Closed {
		t.Errorf("%+v", s)
	}
}

// TestFailedLogin checks that a failed login is not tried again for a while.
func TestFailedLogin(t *testing.T) {
	var notices notices
	l := newLab(t, hubtest.Options{}, func(o *kojirpc.Options, c *kojirpc.Credentials) {
		c.ProxyUser = "carol"
		o.Notify = notices.add
	})
	for range 20 {
		if _, err := l.session.GetAPIVersion(t.Context()); !errors.Is(err, kojirpc.CodeAuthError) {
			t.Fatal(err)
		}
	}
	_, err := l.session.GetAPIVersion(t.Context())
	if _, ok := errors.AsType[*kojirpc.UnavailableError](err); !ok {
		t.Error(err)
	}
	mustFail(t, err, "hub getAPIVersion: the login has failed and is not tried again until ", "CN=alice", "is not authorized to login other users")
	if s := l.Stats(); s.Requests != 1 || notices.count(kojirpc.NoticeLoginFailed) != 1 {
		t.Errorf("%+v, %+v", s, notices.list)
	}
}

type notices struct {
	mu   sync.Mutex
	list []kojirpc.Notice
}

func (n *notices) add(notice kojirpc.Notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, notice)
}

func (n *notices) count(kind kojirpc.NoticeKind) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for _, notice := range n.list {
		if notice.Kind == kind {
			count++
		}
	}
	return count
}

// TestLoginIsRetried checks that a login is retried like any other call.
func TestLoginIsRetried(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	l.Inject(hubtest.Failure{Method: "sslLogin", Effect: hubtest.Status(503), Times: 1})
	l.Inject(hubtest.Failure{Method: "sslLogin", Effect: hubtest.DropBefore(), Times: 1})
	if err := l.build(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.ExpireAll()
	l.Inject(hubtest.Failure{Method: "sslLogin", Effect: hubtest.Truncated(), Times: 1})
	if err := l.build(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestCertificateAtTheLoginOnly(t *testing.T) {
	var notices notices
	l := newLab(t, hubtest.Options{CertPerLocation: true}, func(o *kojirpc.Options, _ *kojirpc.Credentials) { o.Notify = notices.add })
	err := l.session.Login(t.Context())
	mustFail(t, err, "hub: login by client certificate: HTTP 403 Forbidden: ", "Cannot perform Post-Handshake Authentication", "(and with TLS 1.2: HTTP 403")
	if notices.count(kojirpc.NoticeOldTLS) != 1 {
		t.Errorf("%+v", notices.list)
	}
}

func TestCredentials(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	ctx := t.Context()
	for _, cred := range []kojirpc.Credentials{{}, {Cert: "x", Negotiator: tokens("x")}} {
		_, err := l.client.Session(cred)
		mustFail(t, err, "want either a certificate or a negotiator")
	}
	login := func(cred kojirpc.Credentials) error {
		s, err := l.client.Session(cred)
		if err != nil {
			t.Fatal(err)
		}
		return s.Login(ctx)
	}
	mustFail(t, login(kojirpc.Credentials{Cert: "/nowhere/client.pem"}), "client certificate /nowhere/client.pem:", "no such file")
	garbage := filepath.Join(t.TempDir(), "garbage.pem")
	if err := os.WriteFile(garbage, []byte("-----BEGIN RSA SECRET-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text := mustFail(t, login(kojirpc.Credentials{Cert: garbage}), "client certificate "); strings.Contains(text, "SECRET") {
		t.Errorf("the file is in the error: %s", text)
	}
	stranger, err := testca.New("Koji Lab CA")
	if err != nil {
		t.Fatal(err)
	}
	err = login(kojirpc.Credentials{Cert: certificate(t, stranger, "alice")})
	mustFail(t, err, "login by client certificate: ")
	if n := l.Stats().Logins; n != 0 {
		t.Errorf("%d logins", n)
	}
}

// tokens is a Negotiator that returns always the same token.
type tokens string

func (n tokens) Token(_ context.Context, service string) ([]byte, error) {
	if n == "" {
		return nil, errors.New("no ticket for " + service + "\x1b[31m")
	}
	return []byte(string(n) + " for " + service), nil
}

func TestGSSAPILogin(t *testing.T) {
	const good = "token of alice for HTTP/127.0.0.1"
	ho := hubtest.Options{
		Data: hubtest.Data{Users: []hubtest.User{{Name: "alice", Principals: []string{"alice@EXAMPLE.COM"}}}},
		Negotiate: func(token []byte) (string, error) {
			if string(token) != good {
				return "", errors.New("no")
			}
			return "alice@EXAMPLE.COM", nil
		},
	}
	with := func(n kojirpc.Negotiator) func(*kojirpc.Options, *kojirpc.Credentials) {
		return func(_ *kojirpc.Options, c *kojirpc.Credentials) { *c = kojirpc.Credentials{Negotiator: n} }
	}
	l := newLab(t, ho, with(tokens("token of alice")))
	if who := l.whoami(t); who != "alice" {
		t.Errorf("logged in as %q", who)
	}
	l.ExpireAll()
	if err := l.build(t.Context()); err != nil {
		t.Error(err)
	}
	if s := l.Sessions(); len(s) != 1 || s[0].AuthType != hubtest.AuthGSSAPI {
		t.Errorf("%+v", s)
	}

	l = newLab(t, ho, with(tokens("")))
	err := l.session.Login(t.Context())
	if !errors.Is(err, kojirpc.CodeGSSAPIAuthError) {
		t.Error(err)
	}
	if text := mustFail(t, err, "hub: login by GSSAPI: GSSAPIAuthError: no ticket for HTTP/127.0.0.1"); strings.Contains(text, "\x1b") {
		t.Errorf("%q", text)
	}

	l = newLab(t, ho, with(tokens("forged token")))
	err = l.session.Login(t.Context())
	if text := mustFail(t, err, "the web server rejected the ticket for HTTP/127.0.0.1: HTTP 401"); strings.Contains(text, "forged") {
		t.Errorf("a token in %q", text)
	}

	l = newLab(t, hubtest.Options{}, with(tokens("token of alice")))
	err = l.session.Login(t.Context())
	mustFail(t, err, "AuthError: could not verify client: NONE")
}

func TestWebServerWithoutNegotiate(t *testing.T) {
	basic := func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="Negotiate"`)
			http.Error(w, "no", http.StatusUnauthorized)
		})
	}
	l := newLab(t, hubtest.Options{Wrap: basic}, func(_ *kojirpc.Options, c *kojirpc.Credentials) {
		*c = kojirpc.Credentials{Negotiator: tokens("x")}
	})
	mustFail(t, l.session.Login(t.Context()), "the web server does not offer Negotiate for logins")
}

// TestSecretsInAnswers checks that no error contains a secret that a web server echoes.
func TestSecretsInAnswers(t *testing.T) {
	var tell atomic.Bool
	chatty := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !tell.Load() && r.Header.Get("Authorization") == "" {
				next.ServeHTTP(w, r)
				return
			}
			http.Error(w, fmt.Sprint(r.URL, r.Header), http.StatusBadRequest)
		})
	}
	for _, old := range []bool{false, true} {
		tell.Store(false)
		l := newLab(t, hubtest.Options{Wrap: chatty, URLSessionsOnly: old})
		l.whoami(t)
		tell.Store(true)
		_, err := l.session.GetAPIVersion(t.Context())
		if text := mustFail(t, err, "HTTP 400", "ession", "…"); strings.Contains(text, l.Sessions()[0].Key) {
			t.Errorf("a session's key in %s", text)
		}
		tell.Store(false)
	}
	l := newLab(t, hubtest.Options{Wrap: chatty, Negotiate: func([]byte) (string, error) { return "", errors.New("no") }},
		func(_ *kojirpc.Options, c *kojirpc.Credentials) { *c = kojirpc.Credentials{Negotiator: tokens("x")} })
	err := l.session.Login(t.Context())
	if text := mustFail(t, err, "HTTP 400", "Negotiate …"); strings.Contains(text, "eCBmb3I") {
		t.Errorf("a token in %s", text)
	}
}

// TestSlowKDC checks that a login that waits for a KDC ends with its context.
func TestSlowKDC(t *testing.T) {
	kdc := slowKDC{asked: make(chan struct{}), answer: make(chan struct{})}
	l := newLab(t, hubtest.Options{Negotiate: func([]byte) (string, error) { return "", errors.New("no") }},
		func(_ *kojirpc.Options, c *kojirpc.Credentials) { *c = kojirpc.Credentials{Negotiator: kdc} })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-kdc.asked
		cancel()
	}()
	if err := l.session.Login(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := l.client.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the client did not wait: %v", err)
	}
	close(kdc.answer)
}

// slowKDC is a Negotiator that blocks; it may be called only once.
type slowKDC struct{ asked, answer chan struct{} }

func (k slowKDC) Token(context.Context, string) ([]byte, error) {
	close(k.asked)
	<-k.answer
	return nil, fmt.Errorf("too late")
}

// TestRecordedLogins replays recorded logins.
func TestRecordedLogins(t *testing.T) {
	for _, tt := range []struct {
		name    string
		cred    kojirpc.Credentials
		answers []string
	}{
		{"certificate", kojirpc.Credentials{}, []string{"sslLogin-cert", "getLoggedInUser", "logout"}},
		{"GSSAPI", kojirpc.Credentials{Negotiator: tokens("x")}, []string{"sslLogin-gssapi.1", "sslLogin-gssapi", "getLoggedInUser-gssapi", "logout-gssapi"}},
		{"renewal", kojirpc.Credentials{}, []string{"sslLogin-cert", "fault-AuthExpired", "sslLogin-renew", "getLoggedInUser-renewed", "logout"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ca, err := testca.New("Koji Lab CA")
			if err != nil {
				t.Fatal(err)
			}
			if tt.cred.Negotiator == nil {
				tt.cred.Cert = certificate(t, ca, "alice")
			}
			answers := tt.answers
			var mu sync.Mutex
			var sent []string
			ln := listenTLS(t, ca)
			serveRaw(t, ln, func(r *http.Request, _ []byte) []byte {
				mu.Lock()
				defer mu.Unlock()
				sent = append(sent, fmt.Sprint(r.URL.Path, " ", r.Header.Get("Koji-Session-Key"), " ", r.Header.Get("Koji-Session-Callnum"), " ", r.Header.Get("Authorization")))
				name := answers[0]
				answers = answers[1:]
				return recorded(t, name)
			})
			c := newClient(t, kojirpc.Options{Server: "http://" + ln.Addr().String() + "/kojihub/", TLS: kojirpc.TLS{RootCAs: ca.Pool()}})
			s, err := c.Session(tt.cred)
			if err != nil {
				t.Fatal(err)
			}
			u, err := s.GetLoggedInUser(t.Context())
			if err != nil || u.Name != "alice" {
				t.Error(u, err)
			}
			if err := s.Close(t.Context()); err != nil {
				t.Error(err)
			}
			compareJSON(t, filepath.Join("logins", tt.name+".json"), sent)
		})
	}
}
