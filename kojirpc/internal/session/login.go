package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"unicode"

	"github.com/kojiwatch/kojiwatch/internal/retry"
	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/sender"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// answer is the result of a login. Hubs before 1.31 have no header-auth.
type answer struct {
	ID         int64  `xmlrpc:"session-id"`
	Key        string `xmlrpc:"session-key"`
	HeaderAuth bool   `xmlrpc:"header-auth"`
}

// ensureLogin logs in if necessary. After a failed login it refuses to try again for a
// while. Its errors are of type *LoginError or *UnavailableError.
func (s *Session) ensureLogin(ctx context.Context) error {
	if s.state != nil {
		return nil
	}
	if err := s.sender.Refuse("the login", s.loginBreaker.Begin()); err != nil {
		return err
	}
	info, err := s.authenticate(ctx, nil)
	s.loginBreaker.End(loginOutcome(err), err)
	if err != nil {
		return err
	}
	s.state = &state{id: info.ID, key: info.Key, header: info.HeaderAuth}
	s.exclusive = false
	s.opts.LoggedIn()
	return nil
}

// loginOutcome returns what the result of a login means for the login's circuit
// breaker. A hub that does not answer concerns only the hub's own circuit breaker.
func loginOutcome(err error) retry.Outcome {
	_, unavailable := errors.AsType[*huberror.UnavailableError](err)
	switch {
	case err == nil:
		return retry.Success
	case unavailable, sender.GaveUp(err), errors.Is(err, huberror.ErrClosed), sender.Repeatable(err, true):
		return retry.Unknown
	}
	return retry.Failure
}

// renew renews an expired session: a login within the old session gets a new key.
// Hubs before 1.32 do not support that, and others may refuse; then the session ends
// and the next call starts a new one.
//
// Source: ClientSession._renew_session in koji/__init__.py.
func (s *Session) renew(ctx context.Context) error {
	old := s.state
	if !old.header {
		s.state = nil
		return nil
	}
	var info answer
	err := s.sender.Retry(ctx, "sslLogin", true, func() (err error) {
		info, err = s.authenticate(ctx, old)
		return err
	})
	if _, isFault := errors.AsType[*huberror.Fault](err); isFault && !errors.Is(err, huberror.CodeServerOffline) {
		s.state = nil
		return nil
	}
	if err != nil {
		return err
	}
	s.state = &state{id: info.ID, key: info.Key, header: info.HeaderAuth, next: old.next}
	s.opts.Renewed()
	return nil
}

// authenticate logs in or, given the old state, renews the session.
func (s *Session) authenticate(ctx context.Context, old *state) (answer, error) {
	how, logIn := "client certificate", s.byCertificate
	if s.opts.Negotiator != nil {
		how, logIn = "GSSAPI", s.byGSSAPI
	}
	var info answer
	r, err := s.loginRequest(old != nil, &info)
	if err == nil {
		err = logIn(ctx, old, r)
	}
	if err == nil && (info.Key == "" || strings.ContainsFunc(info.Key, unicode.IsControl)) {
		err = errors.New("the hub's answer contains no session")
	}
	if err != nil {
		return answer{}, &huberror.LoginError{How: how, Err: err}
	}
	return info, nil
}

// loginRequest makes the request of a login.
func (s *Session) loginRequest(renew bool, info *answer) (*exchange.Request, error) {
	named := xmlrpc.Named{"proxyuser": nil}
	if s.opts.ProxyUser != "" {
		named["proxyuser"] = s.opts.ProxyUser
	}
	if renew {
		named["renew"], named["exclusive"] = true, s.exclusive
	}
	body, err := xmlrpc.AppendCall(nil, "sslLogin", named)
	return &exchange.Request{Method: "sslLogin", Body: body, Decode: s.sender.HTTP.Decoder(info)}, err
}

// loginRoute returns the route of a login.
func (s *Session) loginRoute(by *exchange.Transport, old *state) exchange.Route {
	to := exchange.Route{Transport: by, URL: loginURL(s.opts.Server), Timeout: s.opts.LoginTimeout}
	if old != nil {
		to.Header = old.headers(old.nextNumber())
		to.Secrets = []string{old.key}
	}
	return to
}

// byCertificate logs in with the client's certificate.
func (s *Session) byCertificate(ctx context.Context, old *state, r *exchange.Request) error {
	late := s.postHandshake
	cert, err := s.showCertificate(ctx, old, r, late)
	if err == nil {
		return nil
	}
	s.postHandshake = false // the web server's configuration may have changed
	if late || cert == nil || cert.Asked() || !unverified(err) {
		return err
	}
	// The server has not requested the certificate. It may request it only at the
	// URL for logins, after the handshake.
	s.opts.OldTLS(err)
	if _, lateErr := s.showCertificate(ctx, old, r, true); lateErr != nil {
		return fmt.Errorf("%w (and with TLS 1.2: %w)", err, lateErr)
	}
	s.postHandshake = true
	return nil
}

// unverified reports whether the server says that it got no certificate, or requests
// one by renegotiation, as in TLS 1.2.
func unverified(err error) bool {
	if status, ok := errors.AsType[*huberror.HTTPError](err); ok {
		return status.Status == http.StatusForbidden
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "local error" {
		// crypto/tls has no type for this alert.
		return strings.Contains(op.Err.Error(), "no renegotiation")
	}
	return errors.Is(err, huberror.CodeAuthError)
}

// showCertificate attempts a login over new connections. If it succeeds, the session
// keeps them.
func (s *Session) showCertificate(ctx context.Context, old *state, r *exchange.Request, late bool) (*exchange.ClientCert, error) {
	cert, err := exchange.ReadClientCert(s.opts.Cert, s.opts.Key, late)
	if err != nil {
		return nil, err
	}
	by, err := s.sender.HTTP.NewTransport(cert)
	if err != nil {
		return nil, err
	}
	if err := s.sender.Attempt(ctx, s.loginRoute(by, old), r); err != nil {
		by.Close()
		return cert, err
	}
	if s.transport != nil {
		s.transport.Close()
	}
	s.transport = by
	return cert, nil
}
