package kojirpc

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

// Negotiator makes the tokens that prove to a web server who the caller is.
type Negotiator interface {
	// Token returns the first token of HTTP's Negotiate, which is SPNEGO's
	// NegTokenInit, for a service such as HTTP/koji.example.com.
	Token(ctx context.Context, service string) ([]byte, error)
}

// byGSSAPI logs in by HTTP's Negotiate. As Koji's client does, it waits for the
// server to ask, so that nobody else gets a ticket.
func (s *sessionDoer) byGSSAPI(ctx context.Context, old *sessionState, r *request) error {
	var offers bool
	spec := s.loginSpec(s.hub.anonymous, old)
	spec.inspect = func(resp *http.Response) { offers = offersNegotiate(resp.Header) }
	err := s.hub.attempt(ctx, spec, r)
	if !isUnauthorized(err) {
		if err == nil {
			s.transport = s.hub.anonymous
		}
		return err
	}
	if !offers {
		return gssapiError("the web server does not offer Negotiate for logins", err)
	}
	service := "HTTP/" + strings.ToLower(strings.TrimSuffix(spec.url.Hostname(), "."))
	token, err := s.hub.token(ctx, s.cred.Negotiator, service)
	if err != nil {
		if isContext(err) || errors.Is(err, ErrClosed) {
			return err
		}
		return gssapiError("no ticket for "+service, err)
	}
	spec = s.loginSpec(s.hub.anonymous, old)
	if spec.header == nil {
		spec.header = make(http.Header)
	}
	encoded := base64.StdEncoding.EncodeToString(token)
	spec.header.Set("Authorization", "Negotiate "+encoded)
	spec.secrets = append(spec.secrets, encoded)
	if err := s.hub.attempt(ctx, spec, r); err != nil {
		if isUnauthorized(err) {
			return gssapiError("the web server does not take the ticket for "+service, err)
		}
		return err
	}
	s.transport = s.hub.anonymous
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
	text := fmt.Sprintf("%s: %s", what, printable.Line(err.Error(), maxErrorText))
	return &Fault{Code: CodeGSSAPIAuthError, Text: text, cause: err}
}

// token asks for a token. Kerberos libraries take no context, so they may go on
// after ctx has ended; Client.Close waits for them.
func (h *hub) token(ctx context.Context, n Negotiator, service string) ([]byte, error) {
	if !h.calls.Begin() {
		return nil, ErrClosed
	}
	type result struct {
		token []byte
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer h.calls.End()
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
