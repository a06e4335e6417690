// Package session makes requests as a user who is logged in to a hub.
package session

import (
	"context"
	"errors"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/retry"
	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/sender"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Options configure a Session.
type Options struct {
	Server                *url.URL
	Timeout, LoginTimeout time.Duration
	Breaker               sender.Breaker // for logins; one failure opens it

	Cert, Key  string // paths of PEM files
	Negotiator Negotiator
	ProxyUser  string

	// LoggedIn, Renewed and LoginFailed are called after a login. OldTLS is called
	// when a login falls back to TLS 1.2, and Closed when the session is closed.
	LoggedIn, Renewed func()
	LoginFailed       func(wait time.Duration, err error)
	OldTLS            func(err error)
	Closed            func(*Session)
}

// Session makes requests within one session, one at a time. It logs in when it is first
// used.
type Session struct {
	sender       *sender.Sender
	opts         Options
	loginBreaker *retry.Breaker
	inUse        chan struct{} // has an element while the session is acquired
	closed       chan struct{}
	ending       atomic.Bool

	// The following fields belong to the caller that has acquired the session.
	transport     *exchange.Transport
	state         *state // nil: not logged in
	postHandshake bool   // the server requests the certificate after the handshake
	exclusive     bool
}

// New returns a session that is not logged in.
func New(by *sender.Sender, o Options) *Session {
	o.Breaker.Failures = 1
	return &Session{
		sender: by, opts: o, loginBreaker: o.Breaker.New(o.LoginFailed, nil),
		inUse: make(chan struct{}, 1), closed: make(chan struct{}),
	}
}

// Concurrency returns 1: the hub handles the calls of a session one after the other.
func (s *Session) Concurrency() int { return 1 }

// acquire waits until no other request is under way; release must follow. Waiting
// callers acquire the session in order, because Go's channels are fair.
func (s *Session) acquire(ctx context.Context) error {
	select {
	case <-s.closed:
		return huberror.ErrClosed
	default:
	}
	select {
	case s.inUse <- struct{}{}:
		return nil
	case <-s.closed:
		return huberror.ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Session) release() { <-s.inUse }

// Login logs in without making a call.
func (s *Session) Login(ctx context.Context) error {
	if !s.sender.Calls.Begin() {
		return huberror.ErrClosed
	}
	defer s.sender.Calls.End()
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.release()
	return s.sender.Retry(ctx, "sslLogin", true, func() error { return s.ensureLogin(ctx) })
}

// Do makes a request, including login, retries and renewal.
func (s *Session) Do(ctx context.Context, r *exchange.Request) error {
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.release()
	var done recovery
	for {
		err := s.try(ctx, r)
		if err == nil {
			s.noteExclusive(r.Method)
			return nil
		}
		again, err := s.recover(ctx, r, &done, err)
		if !again {
			return err
		}
	}
}

// try makes a request with one call number, by which the hub recognizes a retry and
// refuses to execute the call again. So any call may be retried.
func (s *Session) try(ctx context.Context, r *exchange.Request) error {
	number := int64(-1)
	return s.sender.Retry(ctx, r.Method, true, func() error {
		if err := s.ensureLogin(ctx); err != nil {
			return err
		}
		if number < 0 {
			number = s.state.nextNumber()
		}
		return s.sender.Attempt(ctx, s.route(number), r)
	})
}

// recovery records the steps taken to recover a request. Each step is taken at most
// once.
type recovery struct{ renewed, loggedIn, renumbered bool }

// recover tries to recover from a fault of the session and reports whether to try the
// request again. If not, it returns the error of the request.
func (s *Session) recover(ctx context.Context, r *exchange.Request, done *recovery, err error) (bool, error) {
	if _, ok := errors.AsType[*huberror.LoginError](err); ok {
		return false, err
	}
	switch {
	case errors.Is(err, huberror.CodeAuthExpired) && !done.renewed:
		done.renewed = true
		if err := s.renew(ctx); err != nil {
			return false, err
		}
		return true, nil
	case errors.Is(err, huberror.CodeAuthError) && !done.loggedIn:
		// Either the call was refused or the session no longer exists. The fault's
		// text does not distinguish the two; a call that anybody may make does.
		done.loggedIn = true
		if !s.ended(ctx) {
			return false, err
		}
		s.state = nil
		return true, nil
	case errors.Is(err, huberror.CodeRetryError) && r.Harmless && !done.renumbered:
		// The hub has executed the call, but its answer is lost. The hub keeps the
		// number of a multiCall even if it only reads.
		done.renumbered = true
		return true, nil
	}
	return false, err
}

// ended reports whether the session no longer exists.
func (s *Session) ended(ctx context.Context) bool {
	return errors.Is(s.call(ctx, "getAPIVersion"), huberror.CodeAuthError)
}

// call makes a call without arguments, once, and discards its result.
func (s *Session) call(ctx context.Context, method string) error {
	body, err := xmlrpc.AppendCall(nil, method)
	if err != nil {
		return err
	}
	return s.sender.Attempt(ctx, s.route(s.state.nextNumber()), &exchange.Request{Method: method, Body: body, Decode: s.sender.HTTP.Decoder(nil)})
}

// noteExclusive records whether the session is exclusive, for a renewal.
func (s *Session) noteExclusive(method string) {
	switch method {
	case "exclusiveSession":
		s.exclusive = true
	case "sharedSession":
		s.exclusive = false
	}
}

// Close logs out. It tries only once, because the hub expires sessions anyway.
func (s *Session) Close(ctx context.Context) error {
	if s.ending.Swap(true) {
		return nil
	}
	close(s.closed)
	defer s.opts.Closed(s)
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
	if errors.Is(err, huberror.CodeAuthExpired) || errors.Is(err, huberror.CodeAuthError) {
		return nil // the session has ended already
	}
	return err
}

// drop forgets the state of the session and closes its connections.
func (s *Session) drop() {
	s.state = nil
	if s.transport != nil && s.transport != s.sender.Anonymous {
		s.transport.Close()
	}
	s.transport = nil
}

// route returns the route of a call within the session.
func (s *Session) route(number int64) exchange.Route {
	return s.state.route(s.transport, secure(s.opts.Server), number, s.opts.Timeout)
}
