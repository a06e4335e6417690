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

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// ErrNotFound is that the hub knows no such thing.
var ErrNotFound = errors.New("not found")

// ErrNotLoggedIn is that the hub takes the caller for nobody.
var ErrNotLoggedIn = errors.New("not logged in")

// ErrClosed is that the client or session was closed.
var ErrClosed = errors.New("closed")

// HTTPError is an answer that is not the hub's but that of a web server in front
// of it.
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

// NetworkError is that a request did not reach the hub or its answer did not
// come back whole.
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
	return fmt.Sprintf("%s: %s", printable(e.Host, maxErrorText), printable(e.Err.Error(), maxErrorText))
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

// timeoutError is the end of Options.Timeout.
type timeoutError time.Duration

func (e timeoutError) Error() string { return "no answer within " + time.Duration(e).String() }
func (timeoutError) Timeout() bool   { return true }

// UnavailableError is that something has failed often enough not to be tried for
// a while.
type UnavailableError struct {
	What  string    // "the hub" or "the login"
	Until time.Time // when it will be tried again
	Err   error     // how it failed last
}

// Error implements error.
func (e *UnavailableError) Error() string {
	return fmt.Sprintf("%s has failed and is left alone until %s: %v", e.What, e.Until.UTC().Format(time.RFC3339), e.Err)
}

// Unwrap returns e.Err.
func (e *UnavailableError) Unwrap() error { return e.Err }

// LoginError is that a session could not log in.
type LoginError struct {
	How string // "client certificate" or "GSSAPI"
	Err error
}

// Error implements error.
func (e *LoginError) Error() string { return "login by " + e.How + ": " + e.Err.Error() }

// Unwrap returns e.Err.
func (e *LoginError) Unwrap() error { return e.Err }

// isCertificate reports that one side does not trust the other, or that there is
// no TLS at all: trying again will not help.
func isCertificate(err error) bool {
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	op, ok := errors.AsType[*net.OpError](err)
	return untrusted || noTLS || ok && op.Op == "remote error" // a TLS alert
}

// isUnsent reports that no connection came about.
func isUnsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// isContext reports that whoever asked does not wait any longer.
func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isGarbled reports an answer that is not XML-RPC.
func isGarbled(err error) bool {
	_, ok := errors.AsType[*xmlrpc.SyntaxError](err)
	return ok
}

// typed gives a fault the type that its code has. Other errors stay.
func typed(err error) error {
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return faultOf(f)
	}
	return err
}
