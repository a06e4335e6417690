package kojirpc

import (
	"context"
	"fmt"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/session"
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

// Negotiator makes the tokens that prove to a web server who the caller is.
type Negotiator interface {
	// Token returns the first token of HTTP's Negotiate, which is SPNEGO's
	// NegTokenInit, for a service such as HTTP/koji.example.com.
	Token(ctx context.Context, service string) ([]byte, error)
}

// Session calls the hub as a user. Its calls are those of [API]. They reach
// the hub one at a time, first come first served, as the hub would have them wait
// for one another anyway; calls that only read are gathered while they wait.
//
// A Session logs in when it is first used. All its calls go over https, even
// where the server's URL says http: Koji's client does so for the login, and what
// follows is as secret. It is safe for concurrent use.
type Session struct {
	API
	session *session.Session
}

// Login logs in, unless the session is logged in already.
func (s *Session) Login(ctx context.Context) error {
	if err := s.session.Login(ctx); err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	return nil
}

// Close logs out, after the calls under way. Calls that wait, and all that follow,
// fail with ErrClosed. Closing again does nothing.
func (s *Session) Close(ctx context.Context) error {
	if err := s.session.Close(ctx); err != nil {
		return fmt.Errorf("close hub session: %w", err)
	}
	return nil
}
