package kojirpc

import (
	"context"
	"fmt"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/session"
)

// Credentials identify the user of a session: either Cert or Negotiator is set.
type Credentials struct {
	// Cert is the path of a PEM file with a client certificate, any intermediate
	// certificates and, unless Key is set, the private key. It is read again for
	// each login.
	Cert string
	// Key is the path of a PEM file with the private key of Cert.
	Key string
	// Negotiator makes the tokens of a GSSAPI login, such as a *kerberos.Client.
	Negotiator Negotiator
	// ProxyUser is the user to act as instead of the one who logs in. The hub must
	// allow that (ProxyDNs, ProxyPrincipals). Empty: none.
	ProxyUser string
}

// Negotiator makes the tokens that authenticate the caller to a web server.
type Negotiator interface {
	// Token returns the first token of HTTP's Negotiate scheme, a SPNEGO
	// NegTokenInit, for a service such as HTTP/koji.example.com.
	Token(ctx context.Context, service string) ([]byte, error)
}

// Session calls the hub as a user. Its calls are the methods of [API]. It sends them
// one at a time, first come first served, because the hub would handle them one
// after the other anyway; calls that only read are gathered while they wait.
//
// A Session logs in when it is first used. All its calls use https, even if the
// server's URL is http: Koji's client does so for the login, and the calls after it
// carry the session key. A Session is safe for concurrent use.
type Session struct {
	API
	session *session.Session
}

// Login logs in, unless the session is already logged in.
func (s *Session) Login(ctx context.Context) error {
	if err := s.session.Login(ctx); err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	return nil
}

// Close waits for calls under way and logs out. Waiting and later calls fail with
// ErrClosed. Closing again does nothing.
func (s *Session) Close(ctx context.Context) error {
	if err := s.session.Close(ctx); err != nil {
		return fmt.Errorf("close hub session: %w", err)
	}
	return nil
}
