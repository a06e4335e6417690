package hubtest_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// loggedIn returns a client in a new session of a user.
func loggedIn(t testing.TB, s *hubtest.Server, user string) *client {
	t.Helper()
	session, err := s.Login(user)
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, s.URL).as(session)
}

func write(t testing.TB, c *client) {
	t.Helper()
	c.ask(t, "build", "git://src.example/x#1", "f55")
}

func TestCallNumbers(t *testing.T) {
	t.Run("are kept only by calls that change something", func(t *testing.T) {
		c := loggedIn(t, hubtest.Start(t), "alice")
		c.callnum = 9
		c.ask(t, "getAPIVersion")
		c.callnum = 3
		write(t, c)
		c.callnum = 2
		c.wantFault(t, xmlrpc.Fault{Code: 1008, String: "3 > 2 (session 1)"}, "getAPIVersion")
		c.callnum = 3
		c.wantFault(t, xmlrpc.Fault{Code: 1009, String: "unable to retry call 3 (method hello) for session 1"}, "hello")
	})
	t.Run("are kept by each multiCall", func(t *testing.T) {
		c := loggedIn(t, hubtest.Start(t), "alice")
		c.ask(t, "multiCall", []xmlrpc.Call{{Method: "hello"}})
		c.callnum = 0
		if f := c.fault(t, "multiCall", []xmlrpc.Call{}); f.Code != 1009 {
			t.Errorf("the same number again: %v", f)
		}
	})
	t.Run("are not kept by calls that fail", func(t *testing.T) {
		c := loggedIn(t, hubtest.Start(t), "alice")
		c.fault(t, "createTag", "x")
		c.callnum = 0
		write(t, c)
	})
	t.Run("are not seen by a hub that looks for them elsewhere", func(t *testing.T) {
		c := loggedIn(t, hubtest.Start(t, hubtest.Options{OldCallnumHeader: true}), "alice")
		write(t, c)
		c.callnum = 0
		write(t, c)
	})
	t.Run("go on after a renewal", func(t *testing.T) {
		s := hubtest.Start(t, hubtest.Options{Identify: func(*http.Request) hubtest.Identity { return alice() }})
		c := loggedIn(t, s, "alice")
		c.callnum = 5
		write(t, c)
		s.ExpireAll()
		c.wantFault(t, xmlrpc.Fault{Code: 1007, String: `session "1" has expired`}, "getAPIVersion")
		m, ok := c.ask(t, "sslLogin", xmlrpc.Named{"renew": true}).(map[string]any)
		if !ok || m["session-id"] != int64(1) || m["session-key"] == c.session.Key {
			t.Fatalf("renewal gave %v", m)
		}
		c.session.Key, _ = m["session-key"].(string)
		c.callnum = 0
		c.wantFault(t, xmlrpc.Fault{Code: 1008, String: "5 > 0 (session 1)"}, "getAPIVersion")
	})
}

func TestSessionTransport(t *testing.T) {
	tests := map[string]struct {
		opts    hubtest.Options
		headers bool
		known   bool
	}{
		"headers":                          {headers: true, known: true},
		"query":                            {known: true},
		"headers, hub before 1.31":         {opts: hubtest.Options{URLSessionsOnly: true}, headers: true},
		"query, hub before 1.31":           {opts: hubtest.Options{URLSessionsOnly: true}, known: true},
		"headers, without URL sessions":    {opts: hubtest.Options{DisableURLSessions: true}, headers: true, known: true},
		"query, hub without URL sessions ": {opts: hubtest.Options{DisableURLSessions: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := hubtest.Start(t, test.opts)
			c := loggedIn(t, s, "alice")
			if !test.headers {
				c.url += "?session-id=" + itoa(c.session.ID) + "&session-key=" + c.session.Key + "&callnum=0"
				c.session = nil
			}
			if known := c.ask(t, "getLoggedInUser") != nil; known != test.known {
				t.Errorf("logged in: %t, want %t", known, test.known)
			}
		})
	}
}

func TestLogin(t *testing.T) {
	const principal = "carol@EXAMPLE.COM"
	gssapi := func(*http.Request) hubtest.Identity { return hubtest.Identity{Principal: principal} }
	cert := func(*http.Request) hubtest.Identity { return alice() }
	tests := map[string]struct {
		opts  hubtest.Options
		named xmlrpc.Named
		user  string
		fault xmlrpc.Fault
	}{
		"certificate":               {opts: hubtest.Options{Identify: cert}, user: "alice"},
		"Kerberos makes an account": {opts: hubtest.Options{Identify: gssapi}, user: "carol"},
		"unknown user": {
			opts:  hubtest.Options{Identify: gssapi, KnownUsersOnly: true},
			fault: xmlrpc.Fault{Code: 1002, String: "Unknown user: carol"},
		},
		"nobody": {fault: xmlrpc.Fault{Code: 1002, String: "could not verify client: NONE"}},
		"as somebody else": {
			opts:  hubtest.Options{Identify: gssapi, ProxyUsers: []string{principal}},
			named: xmlrpc.Named{"proxyuser": "bob"}, user: "bob",
		},
		"as somebody else without leave": {
			opts:  hubtest.Options{Identify: gssapi},
			named: xmlrpc.Named{"proxyuser": "bob"},
			fault: xmlrpc.Fault{Code: 1002, String: principal + " is not authorized to login other users"},
		},
		"strange argument": {
			opts:  hubtest.Options{Identify: cert},
			named: xmlrpc.Named{"colour": "red"},
			fault: xmlrpc.Fault{Code: 1, String: "<class 'TypeError'>: Session.sslLogin() got an unexpected keyword argument 'colour'"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := hubtest.Start(t, test.opts)
			c := newClient(t, s.URL)
			if test.fault.Code != 0 {
				c.wantFault(t, test.fault, "sslLogin", test.named)
				return
			}
			m, _ := c.ask(t, "sslLogin", test.named).(map[string]any)
			id, _ := m["session-id"].(int64)
			key, _ := m["session-key"].(string)
			user, _ := c.as(hubtest.Session{ID: id, Key: key}).ask(t, "getLoggedInUser").(map[string]any)
			if user["name"] != test.user {
				t.Errorf("logged in as %v, want %s", user["name"], test.user)
			}
		})
	}
}

func TestSessionEnds(t *testing.T) {
	bad := xmlrpc.Fault{Code: 1002, String: "Invalid session or bad credentials"}
	s := hubtest.Start(t, hubtest.Options{SessionLife: time.Hour, Clock: time.Now})
	c := loggedIn(t, s, "alice")
	c.ask(t, "hello")
	s.CloseSession(c.session.ID)
	c.wantFault(t, bad, "hello")

	c = loggedIn(t, s, "alice")
	c.ask(t, "logout")
	c.wantFault(t, bad, "hello")

	other := loggedIn(t, s, "alice")
	sub, _ := other.ask(t, "subsession").(map[string]any)
	id, _ := sub["session-id"].(int64)
	key, _ := sub["session-key"].(string)
	child := newClient(t, s.URL).as(hubtest.Session{ID: id, Key: key})
	child.ask(t, "hello")
	other.ask(t, "logout")
	child.wantFault(t, bad, "hello")
}

func TestSessionLife(t *testing.T) {
	var age atomic.Int64
	s := hubtest.Start(t, hubtest.Options{SessionLife: time.Hour, Clock: func() time.Time {
		return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(age.Load()))
	}})
	c := loggedIn(t, s, "alice")
	age.Store(int64(time.Hour))
	c.ask(t, "hello")
	age.Store(int64(time.Hour + time.Second))
	c.wantFault(t, xmlrpc.Fault{Code: 1007, String: `session "1" has expired`}, "hello")
}

func TestExclusiveSession(t *testing.T) {
	s := hubtest.Start(t)
	one, two, bob := loggedIn(t, s, "alice"), loggedIn(t, s, "alice"), loggedIn(t, s, "bob")
	one.ask(t, "exclusiveSession")
	locked := xmlrpc.Fault{Code: 1006, String: "User locked by another session"}
	two.wantFault(t, locked, "hello")
	two.wantFault(t, xmlrpc.Fault{Code: 1006, String: "Cannot get exclusive session"}, "exclusiveSession")
	bob.ask(t, "hello")
	one.ask(t, "sharedSession")
	two.ask(t, "hello")
	one.ask(t, "exclusiveSession")
	two.ask(t, "exclusiveSession", xmlrpc.Named{"force": true})
	one.wantFault(t, xmlrpc.Fault{Code: 1002, String: "Invalid session or bad credentials"}, "hello")
}

// TestSessionRow checks that a slow call delays other calls of its session, but not those
// of other sessions.
func TestSessionRow(t *testing.T) {
	s := hubtest.Start(t)
	one, two := loggedIn(t, s, "alice"), loggedIn(t, s, "alice")
	same := one.as(*one.session)
	same.callnum = 100
	s.Inject(hubtest.Failure{Method: "hello", Effect: hubtest.Hang()})
	ctx, cancel := context.WithCancel(t.Context())
	hung := make(chan error)
	go func() {
		_, err := one.try(ctx, "hello")
		hung <- err
	}()
	for !s.Sessions()[0].Updated.After(s.Sessions()[0].Started) { // until it has locked the row
		time.Sleep(time.Millisecond)
	}
	two.ask(t, "getAPIVersion")
	waiting := make(chan error)
	go func() {
		_, err := same.try(t.Context(), "getAPIVersion")
		waiting <- err
	}()
	for s.Stats().InFlight < 2 {
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-waiting:
		t.Errorf("a call did not wait for the one before it: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	cancel()
	if err := <-hung; err == nil {
		t.Error("a call that hangs got an answer")
	}
	if err := <-waiting; err != nil {
		t.Errorf("after the call before it: %v", err)
	}
}
