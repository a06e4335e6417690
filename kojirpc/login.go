package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// decoder reads an answer into what into points to; nil only checks it.
func (h *hub) decoder(into any) func([]byte) error {
	return func(answer []byte) error {
		return typed(xmlrpc.DecodeResponse(answer, h.opts.Limits, into))
	}
}

// sessionInfo is what a login returns. Hubs before 1.31 have no header-auth.
type sessionInfo struct {
	ID         int64  `xmlrpc:"session-id"`
	Key        string `xmlrpc:"session-key"`
	HeaderAuth bool   `xmlrpc:"header-auth"`
}

// ensure logs in if need be, unless a login has just failed. Errors are of type
// *LoginError or *UnavailableError.
func (s *sessionLine) ensure(ctx context.Context) error {
	if s.ticket != nil {
		return nil
	}
	if err := s.gate.enter(); err != nil {
		s.hub.stats.refused.Add(1)
		return err
	}
	info, err := s.enter(ctx, nil)
	s.gate.leave(loginOutcome(err), err)
	if err != nil {
		return err
	}
	s.ticket = &ticket{id: info.ID, key: info.Key, header: info.HeaderAuth}
	s.exclusive = false
	s.hub.stats.logins.Add(1)
	s.hub.opts.Notify(Notice{Kind: NoticeLogin})
	return nil
}

// loginOutcome says whether there is sense in trying the same login again soon.
// When the hub does not answer, that is for the hub's own breaker to say.
func loginOutcome(err error) outcome {
	_, away := errors.AsType[*UnavailableError](err)
	switch {
	case err == nil:
		return well
	case away, isContext(err), errors.Is(err, ErrClosed), repeatable(err, true):
		return unclear
	}
	return failed
}

// renew has the hub renew an expired session: a login under the old ticket gets
// a new key. Hubs before 1.32 cannot, and others may refuse; then the session
// ends and the next call begins a new one.
//
// Source: ClientSession._renew_session in koji/__init__.py.
func (s *sessionLine) renew(ctx context.Context) error {
	old := s.ticket
	if !old.header {
		s.ticket = nil
		return nil
	}
	var info sessionInfo
	err := s.hub.again(ctx, "sslLogin", true, func() (err error) {
		info, err = s.enter(ctx, old)
		return err
	})
	if _, isFault := errors.AsType[*Fault](err); isFault && !errors.Is(err, CodeServerOffline) {
		s.ticket = nil
		return nil
	}
	if err != nil {
		return err
	}
	s.ticket = &ticket{id: info.ID, key: info.Key, header: info.HeaderAuth, next: old.next}
	s.hub.stats.renewals.Add(1)
	s.hub.opts.Notify(Notice{Kind: NoticeRenewed})
	return nil
}

// enter does a login: a fresh one, or, given an old ticket, a renewal.
func (s *sessionLine) enter(ctx context.Context, old *ticket) (sessionInfo, error) {
	how, enter := "client certificate", s.byCertificate
	if s.cred.Negotiator != nil {
		how, enter = "GSSAPI", s.byGSSAPI
	}
	var info sessionInfo
	j, err := s.loginJob(old != nil, &info)
	if err == nil {
		err = enter(ctx, old, j)
	}
	if err == nil && (info.Key == "" || strings.ContainsFunc(info.Key, isControl)) {
		err = errors.New("the hub's answer has no session in it")
	}
	if err != nil {
		return sessionInfo{}, &LoginError{How: how, Err: err}
	}
	return info, nil
}

// loginJob makes the request of a login.
func (s *sessionLine) loginJob(renew bool, info *sessionInfo) (*job, error) {
	named := Named{"proxyuser": nil}
	if s.cred.ProxyUser != "" {
		named["proxyuser"] = s.cred.ProxyUser
	}
	if renew {
		named["renew"], named["exclusive"] = true, s.exclusive
	}
	body, err := xmlrpc.AppendCall(nil, "sslLogin", named)
	return &job{method: "sslLogin", body: body, decode: s.hub.decoder(info)}, err
}

// loginErrand is where a login goes.
func (s *sessionLine) loginErrand(by *carrier, old *ticket) errand {
	e := errand{by: by, url: s.hub.loginURL(), timeout: s.hub.opts.AuthTimeout}
	if old != nil {
		e.header = old.headers(old.draw())
		e.secrets = []string{old.key}
	}
	return e
}

// byCertificate logs in with the client's certificate.
func (s *sessionLine) byCertificate(ctx context.Context, old *ticket, j *job) error {
	late := s.late
	cert, err := s.showCertificate(ctx, old, j, late)
	if err == nil {
		return nil
	}
	s.late = false // the web server may have changed its mind
	if late || cert == nil || cert.asked.Load() || !unverified(err) {
		return err
	}
	// Nobody has asked for the certificate. The web server may ask for it where
	// logins go, after the handshake.
	s.hub.opts.Notify(Notice{Kind: NoticeOldTLS, Err: err})
	if _, lateErr := s.showCertificate(ctx, old, j, true); lateErr != nil {
		return fmt.Errorf("%w (and with TLS 1.2: %w)", err, lateErr)
	}
	s.late = true
	return nil
}

// unverified reports that the server says it has seen no certificate, or asks
// for one in the way of TLS 1.2, by handshaking again.
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

// showCertificate tries a login over new connections, which stay the session's
// if it succeeds.
func (s *sessionLine) showCertificate(ctx context.Context, old *ticket, j *job, late bool) (*clientCert, error) {
	cert, err := readClientCert(s.cred, late)
	if err != nil {
		return nil, err
	}
	by, err := s.hub.newCarrier(cert)
	if err != nil {
		return nil, err
	}
	if err := s.hub.attempt(ctx, s.loginErrand(by, old), j); err != nil {
		by.close()
		return cert, err
	}
	if s.by != nil {
		s.by.close()
	}
	s.by = by
	return cert, nil
}
