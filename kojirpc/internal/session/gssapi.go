package session

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/sender"
)

// Negotiator makes the tokens that authenticate the caller to a web server.
type Negotiator interface {
	Token(ctx context.Context, service string) ([]byte, error)
}

// byGSSAPI logs in with HTTP's Negotiate scheme. Like Koji's client, it waits for the
// server's challenge, so that no other server gets a ticket.
func (s *Session) byGSSAPI(ctx context.Context, old *state, r *exchange.Request) error {
	var offers bool
	to := s.loginRoute(s.sender.Anonymous, old)
	to.Inspect = func(resp *http.Response) { offers = offersNegotiate(resp.Header) }
	err := s.sender.Attempt(ctx, to, r)
	if !isUnauthorized(err) {
		if err == nil {
			s.transport = s.sender.Anonymous
		}
		return err
	}
	if !offers {
		return gssapiError("the web server does not offer Negotiate for logins", err)
	}
	service := "HTTP/" + strings.ToLower(strings.TrimSuffix(to.URL.Hostname(), "."))
	token, err := s.token(ctx, service)
	if err != nil {
		if sender.GaveUp(err) || errors.Is(err, huberror.ErrClosed) {
			return err
		}
		return gssapiError("no ticket for "+service, err)
	}
	to = s.loginRoute(s.sender.Anonymous, old)
	if to.Header == nil {
		to.Header = make(http.Header)
	}
	encoded := base64.StdEncoding.EncodeToString(token)
	to.Header.Set("Authorization", "Negotiate "+encoded)
	to.Secrets = append(to.Secrets, encoded)
	if err := s.sender.Attempt(ctx, to, r); err != nil {
		if isUnauthorized(err) {
			return gssapiError("the web server rejected the ticket for "+service, err)
		}
		return err
	}
	s.transport = s.sender.Anonymous
	return nil
}

// offersNegotiate reports whether a server offers Negotiate.
func offersNegotiate(header http.Header) bool {
	for _, challenge := range header.Values("WWW-Authenticate") {
		for part := range strings.SplitSeq(challenge, ",") {
			scheme, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			if strings.EqualFold(scheme, "Negotiate") {
				return true
			}
		}
	}
	return false
}

func isUnauthorized(err error) bool {
	status, ok := errors.AsType[*huberror.HTTPError](err)
	return ok && status.Status == http.StatusUnauthorized
}

func gssapiError(what string, err error) error {
	text := what + ": " + printable.Line(err.Error(), printable.MaxError)
	return huberror.Raise(huberror.CodeGSSAPIAuthError, text, err)
}

// token gets a token from the Negotiator. Kerberos libraries take no context, so they
// may continue after ctx has ended; the client's Close waits for them.
func (s *Session) token(ctx context.Context, service string) ([]byte, error) {
	if !s.sender.Calls.Begin() {
		return nil, huberror.ErrClosed
	}
	type result struct {
		token []byte
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer s.sender.Calls.End()
		token, err := s.opts.Negotiator.Token(ctx, service)
		done <- result{token, err}
	}()
	select {
	case r := <-done:
		return r.token, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
