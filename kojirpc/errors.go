package kojirpc

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// ErrNotLoggedIn reports that the hub takes the caller for nobody.
var ErrNotLoggedIn = errors.New("not logged in")

// ErrClosed reports that the client or session was closed.
var ErrClosed = errors.New("closed")

// maxErrorText bounds how much of a text of others an error shows, in bytes.
const maxErrorText = 500

// HTTPError is the answer of a web server in front of the hub in place of the
// hub's.
type HTTPError struct {
	Status int
	// Text is what the page says, without markup and shortened.
	Text string
	// RetryAfter is how long to wait, as the answer says; 0 if it does not.
	RetryAfter time.Duration
}

// Error implements error.
func (e *HTTPError) Error() string {
	s := "HTTP " + strconv.Itoa(e.Status)
	if name := http.StatusText(e.Status); name != "" {
		s += " " + name
	}
	if e.Text != "" {
		s += ": " + e.Text
	}
	return s
}

// NetworkError reports that a request did not reach the hub or that its answer
// did not come back whole.
type NetworkError struct {
	// Host is the host and, if given, port that was called.
	Host string
	// Unsent says that the hub has certainly not seen the request.
	Unsent bool
	Err    error

	stale bool // over a connection that had been idle
}

// Error implements error.
func (e *NetworkError) Error() string {
	return fmt.Sprintf("%s: %s", printable.Line(e.Host, maxErrorText), printable.Line(e.Err.Error(), maxErrorText))
}

// Unwrap returns e.Err.
func (e *NetworkError) Unwrap() error { return e.Err }

// Timeout reports whether the answer took too long.
func (e *NetworkError) Timeout() bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.Err)
	return ok && t.Timeout()
}

// timeoutError reports that Options.Timeout has passed.
type timeoutError time.Duration

func (e timeoutError) Error() string { return "no answer within " + time.Duration(e).String() }
func (timeoutError) Timeout() bool   { return true }

// UnavailableError reports that something has failed so often that it is not tried
// for a while.
type UnavailableError struct {
	What  string    // "the hub" or "the login"
	Until time.Time // when it will be tried again
	Err   error     // how it failed last
}

// Error implements error.
func (e *UnavailableError) Error() string {
	return fmt.Sprintf("%s has failed and is not tried again until %s: %v", e.What, e.Until.UTC().Format(time.RFC3339), e.Err)
}

// Unwrap returns e.Err.
func (e *UnavailableError) Unwrap() error { return e.Err }

// RetryAfter returns how long it is until e.Until.
func (e *UnavailableError) RetryAfter() time.Duration { return time.Until(e.Until) }

// LoginError reports that a session could not log in.
type LoginError struct {
	How string // "client certificate" or "GSSAPI"
	Err error
}

// Error implements error.
func (e *LoginError) Error() string { return "login by " + e.How + ": " + e.Err.Error() }

// Unwrap returns e.Err.
func (e *LoginError) Unwrap() error { return e.Err }

// isCertificate reports whether one side does not trust the other, or that there is
// no TLS at all: trying again will not help.
func isCertificate(err error) bool {
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	op, ok := errors.AsType[*net.OpError](err)
	return untrusted || noTLS || ok && op.Op == "remote error" // a TLS alert
}

// isUnsent reports whether no connection was made.
func isUnsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// isContext reports whether the caller has stopped waiting.
func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isGarbled reports whether an answer was not XML-RPC.
func isGarbled(err error) bool {
	_, ok := errors.AsType[*xmlrpc.SyntaxError](err)
	return ok
}
