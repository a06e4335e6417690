package kojirpc

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Negotiator makes the tokens by which a web server believes who one is.
type Negotiator interface {
	// Token returns the first token of HTTP's Negotiate, which is SPNEGO's
	// NegTokenInit, for a service such as HTTP/koji.example.com.
	Token(ctx context.Context, service string) ([]byte, error)
}

// byGSSAPI logs in by HTTP's Negotiate. As Koji's client does, it waits for the
// server to ask, so that nobody else gets a ticket.
func (s *sessionLine) byGSSAPI(ctx context.Context, old *ticket, j *job) error {
	var offers bool
	e := s.loginErrand(s.hub.anon, old)
	e.inspect = func(resp *http.Response) { offers = offersNegotiate(resp.Header) }
	err := s.hub.attempt(ctx, e, j)
	if !isUnauthorized(err) {
		if err == nil {
			s.by = s.hub.anon
		}
		return err
	}
	if !offers {
		return gssapiError("the web server does not offer Negotiate for logins", err)
	}
	service := "HTTP/" + strings.ToLower(strings.TrimSuffix(e.url.Hostname(), "."))
	token, err := s.hub.token(ctx, s.cred.Negotiator, service)
	if err != nil {
		if isContext(err) || errors.Is(err, ErrClosed) {
			return err
		}
		return gssapiError("no ticket for "+service, err)
	}
	e = s.loginErrand(s.hub.anon, old)
	if e.header == nil {
		e.header = make(http.Header)
	}
	ticket := base64.StdEncoding.EncodeToString(token)
	e.header.Set("Authorization", "Negotiate "+ticket)
	e.secrets = append(e.secrets, ticket)
	if err := s.hub.attempt(ctx, e, j); err != nil {
		if isUnauthorized(err) {
			return gssapiError("the web server does not take the ticket for "+service, err)
		}
		return err
	}
	s.by = s.hub.anon
	return nil
}

// offersNegotiate reports whether a server asks for Negotiate.
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
	status, ok := errors.AsType[*HTTPError](err)
	return ok && status.Status == http.StatusUnauthorized
}

func gssapiError(what string, err error) error {
	text := fmt.Sprintf("%s: %s", what, printable(err.Error(), maxErrorText))
	return &GSSAPIAuthError{Fault{Code: CodeGSSAPIAuthError, Text: text}, err}
}

// token asks for a token. Kerberos libraries heed no context, so it may go on
// after ctx has ended; the client waits for that when it is closed.
func (h *hub) token(ctx context.Context, n Negotiator, service string) ([]byte, error) {
	if !h.work.begin() {
		return nil, ErrClosed
	}
	type result struct {
		token []byte
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer h.work.end()
		token, err := n.Token(ctx, service)
		done <- result{token, err}
	}()
	select {
	case r := <-done:
		return r.token, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
