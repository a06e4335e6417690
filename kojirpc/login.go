package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/kojiwatch/kojiwatch/internal/retry"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// decoder returns what reads an answer into what into points to; a nil into only
// checks it.
func (h *hub) decoder(into any) func([]byte) error {
	return func(answer []byte) error {
		return asFault(xmlrpc.DecodeResponse(answer, h.opts.Limits, into))
	}
}

// sessionInfo is the result of a login. Hubs before 1.31 have no header-auth.
type sessionInfo struct {
	ID         int64  `xmlrpc:"session-id"`
	Key        string `xmlrpc:"session-key"`
	HeaderAuth bool   `xmlrpc:"header-auth"`
}

// ensureLogin logs in if need be, unless a login has just failed. Errors are of type
// *LoginError or *UnavailableError.
func (s *sessionDoer) ensureLogin(ctx context.Context) error {
	if s.state != nil {
		return nil
	}
	if err := s.hub.refused("the login", s.loginBreaker.Begin()); err != nil {
		return err
	}
	info, err := s.authenticate(ctx, nil)
	s.loginBreaker.End(loginOutcome(err), err)
	if err != nil {
		return err
	}
	s.state = &sessionState{id: info.ID, key: info.Key, header: info.HeaderAuth}
	s.exclusive = false
	s.hub.stats.logins.Add(1)
	s.hub.opts.Notify(Notice{Kind: NoticeLogin})
	return nil
}

// loginOutcome says whether it makes sense to try the same login again soon. A
// hub that does not answer is the business of the hub's own breaker.
func loginOutcome(err error) retry.Outcome {
	_, unavailable := errors.AsType[*UnavailableError](err)
	switch {
	case err == nil:
		return retry.Success
	case unavailable, isContext(err), errors.Is(err, ErrClosed), repeatable(err, true):
		return retry.Unknown
	}
	return retry.Failure
}

// renew has the hub renew an expired session: a login under the old session gets
// a new key. Hubs before 1.32 cannot, and others may refuse; then the session
// ends and the next call begins a new one.
//
// Source: ClientSession._renew_session in koji/__init__.py.
func (s *sessionDoer) renew(ctx context.Context) error {
	old := s.state
	if !old.header {
		s.state = nil
		return nil
	}
	var info sessionInfo
	err := s.hub.retry(ctx, "sslLogin", true, func() (err error) {
		info, err = s.authenticate(ctx, old)
		return err
	})
	if _, isFault := errors.AsType[*Fault](err); isFault && !errors.Is(err, CodeServerOffline) {
		s.state = nil
		return nil
	}
	if err != nil {
		return err
	}
	s.state = &sessionState{id: info.ID, key: info.Key, header: info.HeaderAuth, next: old.next}
	s.hub.stats.renewals.Add(1)
	s.hub.opts.Notify(Notice{Kind: NoticeRenewed})
	return nil
}

// authenticate does a login: a fresh one, or, given the old state, a renewal.
func (s *sessionDoer) authenticate(ctx context.Context, old *sessionState) (sessionInfo, error) {
	how, logIn := "client certificate", s.byCertificate
	if s.cred.Negotiator != nil {
		how, logIn = "GSSAPI", s.byGSSAPI
	}
	var info sessionInfo
	r, err := s.loginRequest(old != nil, &info)
	if err == nil {
		err = logIn(ctx, old, r)
	}
	if err == nil && (info.Key == "" || strings.ContainsFunc(info.Key, isControl)) {
		err = errors.New("the hub's answer has no session in it")
	}
	if err != nil {
		return sessionInfo{}, &LoginError{How: how, Err: err}
	}
	return info, nil
}

// loginRequest makes the request of a login.
func (s *sessionDoer) loginRequest(renew bool, info *sessionInfo) (*request, error) {
	named := Named{"proxyuser": nil}
	if s.cred.ProxyUser != "" {
		named["proxyuser"] = s.cred.ProxyUser
	}
	if renew {
		named["renew"], named["exclusive"] = true, s.exclusive
	}
	body, err := xmlrpc.AppendCall(nil, "sslLogin", named)
	return &request{method: "sslLogin", body: body, decode: s.hub.decoder(info)}, err
}

// loginSpec says where a login goes.
func (s *sessionDoer) loginSpec(by *transport, old *sessionState) requestSpec {
	spec := requestSpec{transport: by, url: s.hub.loginURL(), timeout: s.hub.opts.AuthTimeout}
	if old != nil {
		spec.header = old.headers(old.nextNumber())
		spec.secrets = []string{old.key}
	}
	return spec
}

// byCertificate logs in with the client's certificate.
func (s *sessionDoer) byCertificate(ctx context.Context, old *sessionState, r *request) error {
	late := s.postHandshake
	cert, err := s.showCertificate(ctx, old, r, late)
	if err == nil {
		return nil
	}
	s.postHandshake = false // the web server's configuration may have changed
	if late || cert == nil || cert.asked.Load() || !unverified(err) {
		return err
	}
	// The server has not asked for the certificate. It may ask for it at the
	// login's URL only, after the handshake.
	s.hub.opts.Notify(Notice{Kind: NoticeOldTLS, Err: err})
	if _, lateErr := s.showCertificate(ctx, old, r, true); lateErr != nil {
		return fmt.Errorf("%w (and with TLS 1.2: %w)", err, lateErr)
	}
	s.postHandshake = true
	return nil
}

// unverified reports whether the server says that it has seen no certificate, or
// asks for one in the way of TLS 1.2, by another handshake.
func unverified(err error) bool {
	if status, ok := errors.AsType[*HTTPError](err); ok {
		return status.Status == http.StatusForbidden
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "local error" {
		// crypto/tls has no type for this alert of its own.
		return strings.Contains(op.Err.Error(), "no renegotiation")
	}
	return errors.Is(err, CodeAuthError)
}

// showCertificate tries a login over new connections, which the session keeps if
// it succeeds.
func (s *sessionDoer) showCertificate(ctx context.Context, old *sessionState, r *request, late bool) (*clientCert, error) {
	cert, err := readClientCert(s.cred, late)
	if err != nil {
		return nil, err
	}
	by, err := s.hub.newTransport(cert)
	if err != nil {
		return nil, err
	}
	if err := s.hub.attempt(ctx, s.loginSpec(by, old), r); err != nil {
		by.close()
		return cert, err
	}
	if s.transport != nil {
		s.transport.close()
	}
	s.transport = by
	return cert, nil
}
