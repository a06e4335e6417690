package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/retry"
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
	// Negotiator makes the tokens of a GSSAPI login, such as a *kerberos.Client.
	Negotiator Negotiator
	// ProxyUser is the user to be in place of the one who logs in, which the hub
	// must allow (ProxyDNs, ProxyPrincipals). Empty: none.
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
	doer *sessionDoer
}

// Login logs in, unless the session is logged in already.
func (s *Session) Login(ctx context.Context) error {
	if err := s.doer.login(ctx); err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	return nil
}

// Close logs out, after the calls under way. Calls that wait, and all that follow,
// fail with ErrClosed. Closing again does nothing.
func (s *Session) Close(ctx context.Context) error {
	if err := s.doer.close(ctx); err != nil {
		return fmt.Errorf("close hub session: %w", err)
	}
	return nil
}

// sessionDoer makes the requests of a session, one at a time.
type sessionDoer struct {
	hub          *hub
	cred         Credentials
	loginBreaker *retry.Breaker
	forget       func(*sessionDoer)
	inUse        chan struct{} // has an element while a request is made
	closed       chan struct{}
	once         sync.Once

	// For whoever has acquired the session:
	transport     *transport
	state         *sessionState // nil: not logged in
	postHandshake bool          // the certificate is asked for after the handshake
	exclusive     bool
}

func newSessionDoer(h *hub, cred Credentials, forget func(*sessionDoer)) *sessionDoer {
	breaker := h.opts.Breaker
	breaker.Failures = 1
	return &sessionDoer{
		hub:  h,
		cred: cred,
		loginBreaker: breaker.new(func(wait time.Duration, err error) {
			h.opts.Notify(Notice{Kind: NoticeLoginFailed, Wait: wait, Err: err})
		}, nil),
		forget: forget,
		inUse:  make(chan struct{}, 1),
		closed: make(chan struct{}),
	}
}

// concurrency implements doer: the hub handles the calls of a session one after
// the other.
func (s *sessionDoer) concurrency() int { return 1 }

// acquire waits until no other request is made; release must follow. Go serves
// those who wait for a channel in order.
func (s *sessionDoer) acquire(ctx context.Context) error {
	select {
	case <-s.closed:
		return ErrClosed
	default:
	}
	select {
	case s.inUse <- struct{}{}:
		return nil
	case <-s.closed:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *sessionDoer) release() { <-s.inUse }

// login logs in without making a call.
func (s *sessionDoer) login(ctx context.Context) error {
	if !s.hub.calls.Begin() {
		return ErrClosed
	}
	defer s.hub.calls.End()
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.release()
	return s.hub.retry(ctx, "sslLogin", true, func() error { return s.ensureLogin(ctx) })
}

// do implements doer.
func (s *sessionDoer) do(ctx context.Context, r *request) error {
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.release()
	var done recovery
	for {
		err := s.try(ctx, r)
		if err == nil {
			s.noteExclusive(r.method)
			return nil
		}
		again, err := s.recover(ctx, r, &done, err)
		if !again {
			return err
		}
	}
}

// try makes a request under one call number, by which the hub recognizes a
// repetition: it refuses to do the call again. So anything may be repeated.
func (s *sessionDoer) try(ctx context.Context, r *request) error {
	number := int64(-1)
	return s.hub.retry(ctx, r.method, true, func() error {
		if err := s.ensureLogin(ctx); err != nil {
			return err
		}
		if number < 0 {
			number = s.state.nextNumber()
		}
		return s.hub.attempt(ctx, s.spec(number), r)
	})
}

// recovery says what has been done to get a request answered. Each step is taken
// once.
type recovery struct{ renewed, loggedIn, renumbered bool }

// recover does what can be done about a fault of the session, and reports whether
// to try again. If not, the error is the one to return.
func (s *sessionDoer) recover(ctx context.Context, r *request, done *recovery, err error) (bool, error) {
	if _, ok := errors.AsType[*LoginError](err); ok {
		return false, err
	}
	switch {
	case errors.Is(err, CodeAuthExpired) && !done.renewed:
		done.renewed = true
		if err := s.renew(ctx); err != nil {
			return false, err
		}
		return true, nil
	case errors.Is(err, CodeAuthError) && !done.loggedIn:
		// Either the call was refused or the session no longer exists. Texts do
		// not tell, but a harmless call does.
		done.loggedIn = true
		if !s.ended(ctx) {
			return false, err
		}
		s.state = nil
		return true, nil
	case errors.Is(err, CodeRetryError) && r.harmless && !done.renumbered:
		// It has been done, as a multiCall's number is kept even if it only
		// reads, but the answer is lost.
		done.renumbered = true
		return true, nil
	}
	return false, err
}

// ended reports whether the session no longer exists.
func (s *sessionDoer) ended(ctx context.Context) bool {
	return errors.Is(s.call(ctx, "getAPIVersion"), CodeAuthError)
}

// call makes a call without arguments once, and drops what it returns.
func (s *sessionDoer) call(ctx context.Context, method string) error {
	body, err := xmlrpc.AppendCall(nil, method)
	if err != nil {
		return err
	}
	return s.hub.attempt(ctx, s.spec(s.state.nextNumber()), &request{method: method, body: body, decode: s.hub.decoder(nil)})
}

// noteExclusive remembers, for a renewal, that the session is exclusive.
func (s *sessionDoer) noteExclusive(method string) {
	switch method {
	case "exclusiveSession":
		s.exclusive = true
	case "sharedSession":
		s.exclusive = false
	}
}

// close logs out. It is one attempt: the hub forgets sessions by itself.
func (s *sessionDoer) close(ctx context.Context) error {
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
	case s.inUse <- struct{}{}:
		defer s.release()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer s.drop()
	if s.state == nil {
		return nil
	}
	err := s.call(ctx, "logout")
	if errors.Is(err, CodeAuthExpired) || errors.Is(err, CodeAuthError) {
		return nil // the session has ended already
	}
	return err
}

// drop forgets the session.
func (s *sessionDoer) drop() {
	s.state = nil
	if s.transport != nil && s.transport != s.hub.anonymous {
		s.transport.close()
	}
	s.transport = nil
}

// spec says where the calls of the session go.
func (s *sessionDoer) spec(number int64) requestSpec {
	return s.state.spec(s.transport, s.hub.secureURL(), number, s.hub.opts.Timeout)
}
