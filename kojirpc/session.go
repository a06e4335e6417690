package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Credentials say who a session is: either Cert or Negotiator is set.
type Credentials struct {
	// Cert is the path of a PEM file with a client certificate, the
	// certificates between it and its authority if any, and, unless Key is set,
	// its private key. It is read anew for each login.
	Cert string
	// Key is the path of a PEM file with the private key of Cert.
	Key string
	// Negotiator makes the tickets of a GSSAPI login; see [Kerberos].
	Negotiator Negotiator
	// ProxyUser is whom to be in place of the one who logs in, which takes the
	// hub's leave (ProxyDNs, ProxyPrincipals). Empty: nobody.
	ProxyUser string
}

// Session calls the hub as somebody. Its calls are those of [API]. They reach
// the hub one at a time, first come first served, as the hub would have them wait
// for one another anyway; calls that only read are gathered while they wait.
//
// A Session logs in when it is first used. All its calls go over https, even
// where the server's URL says http: Koji's client does so for the login, and what
// follows is as secret. It is safe for concurrent use.
type Session struct {
	API
	line *sessionLine
}

// Login logs in, unless the session is logged in already.
func (s *Session) Login(ctx context.Context) error {
	if err := s.line.login(ctx); err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	return nil
}

// Close logs out, after the calls under way. Calls that wait for their turn, and
// all that follow, fail with ErrClosed. Closing again does nothing.
func (s *Session) Close(ctx context.Context) error {
	if err := s.line.close(ctx); err != nil {
		return fmt.Errorf("close hub session: %w", err)
	}
	return nil
}

// sessionLine is the way to the hub of a session. Whoever has the turn may use
// it.
type sessionLine struct {
	hub    *hub
	cred   Credentials
	gate   *breaker // for logins
	forget func(*sessionLine)
	turn   chan struct{} // has an element while somebody has the turn
	closed chan struct{}
	once   sync.Once

	// For whoever has the turn:
	by        *carrier
	ticket    *ticket // nil: not logged in
	late      bool    // the certificate is asked for after the handshake
	exclusive bool
}

func newSessionLine(h *hub, cred Credentials, forget func(*sessionLine)) *sessionLine {
	gate := h.opts.Breaker
	gate.Failures = 1
	return &sessionLine{
		hub:  h,
		cred: cred,
		gate: &breaker{opts: gate, what: "the login", notify: func(n Notice) {
			if n.Kind == NoticeDown {
				n.Kind = NoticeLoginFailed
				h.opts.Notify(n)
			}
		}},
		forget: forget,
		turn:   make(chan struct{}, 1),
		closed: make(chan struct{}),
	}
}

// lanes is one: the hub handles the calls of a session one after the other.
func (s *sessionLine) lanes() int { return 1 }

// take waits for the turn. Go serves those who wait for a channel in order.
func (s *sessionLine) take(ctx context.Context) error {
	select {
	case <-s.closed:
		return ErrClosed
	default:
	}
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-s.closed:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *sessionLine) pass() { <-s.turn }

// login logs in by itself.
func (s *sessionLine) login(ctx context.Context) error {
	if !s.hub.work.begin() {
		return ErrClosed
	}
	defer s.hub.work.end()
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.pass()
	return s.hub.again(ctx, "sslLogin", true, func() error { return s.ensure(ctx) })
}

// run does a job in the session.
func (s *sessionLine) run(ctx context.Context, j *job) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.pass()
	var m mending
	for {
		err := s.try(ctx, j)
		if err == nil {
			s.noteExclusive(j.method)
			return nil
		}
		again, err := s.mend(ctx, j, &m, err)
		if !again {
			return err
		}
	}
}

// try does a job under one call number, by which the hub knows a repetition: if
// it has done the call it refuses to do it again. So anything may be repeated.
func (s *sessionLine) try(ctx context.Context, j *job) error {
	number := int64(-1)
	return s.hub.again(ctx, j.method, true, func() error {
		if err := s.ensure(ctx); err != nil {
			return err
		}
		if number < 0 {
			number = s.ticket.draw()
		}
		return s.hub.attempt(ctx, s.errand(number), j)
	})
}

// mending is what has been tried to get a job done. Each remedy is tried once.
type mending struct{ renewed, reentered, renumbered bool }

// mend does what can be done about a fault of the session, and reports whether
// to try again. If not, the error is the one to return.
func (s *sessionLine) mend(ctx context.Context, j *job, m *mending, err error) (bool, error) {
	if _, ok := errors.AsType[*LoginError](err); ok {
		return false, err
	}
	switch {
	case errors.Is(err, CodeAuthExpired) && !m.renewed:
		m.renewed = true
		if err := s.renew(ctx); err != nil {
			return false, err
		}
		return true, nil
	case errors.Is(err, CodeAuthError) && !m.reentered:
		// Either the call was refused or the session is no more. Texts do not
		// tell, but an innocent call does.
		m.reentered = true
		if !s.gone(ctx) {
			return false, err
		}
		s.ticket = nil
		return true, nil
	case errors.Is(err, CodeRetryError) && j.harmless && !m.renumbered:
		// It has been done, as a multiCall's number is kept even if it only
		// reads, but the answer is lost.
		m.renumbered = true
		return true, nil
	}
	return false, err
}

// gone reports whether the hub knows the session no more.
func (s *sessionLine) gone(ctx context.Context) bool {
	body, err := xmlrpc.AppendCall(nil, "getAPIVersion")
	if err != nil {
		return false
	}
	err = s.hub.attempt(ctx, s.errand(s.ticket.draw()), &job{method: "getAPIVersion", body: body, decode: s.hub.decoder(nil)})
	return errors.Is(err, CodeAuthError)
}

// noteExclusive keeps in mind, for a renewal, that the session is exclusive.
func (s *sessionLine) noteExclusive(method string) {
	switch method {
	case "exclusiveSession":
		s.exclusive = true
	case "sharedSession":
		s.exclusive = false
	}
}

// close logs out. It is one attempt: the hub forgets sessions by itself.
func (s *sessionLine) close(ctx context.Context) error {
	first := false
	s.once.Do(func() {
		first = true
		close(s.closed)
	})
	if !first {
		return nil
	}
	defer s.forget(s)
	select {
	case s.turn <- struct{}{}:
		defer s.pass()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer s.drop()
	if s.ticket == nil {
		return nil
	}
	body, err := xmlrpc.AppendCall(nil, "logout")
	if err != nil {
		return err
	}
	err = s.hub.attempt(ctx, s.errand(s.ticket.draw()), &job{method: "logout", body: body, decode: s.hub.decoder(nil)})
	if errors.Is(err, CodeAuthExpired) || errors.Is(err, CodeAuthError) {
		return nil // it is over already
	}
	return err
}

// drop forgets the session.
func (s *sessionLine) drop() {
	s.ticket = nil
	if s.by != nil && s.by != s.hub.anon {
		s.by.close()
	}
	s.by = nil
}

// errand is where the calls of the session go.
func (s *sessionLine) errand(number int64) errand {
	return s.ticket.errand(s.by, s.hub.secureURL(), number, s.hub.opts.Timeout)
}
