// Package huberror defines the errors of calls to a Koji hub. Package kojirpc returns
// them and declares aliases of the same names.
package huberror

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

// ErrClosed reports that the client or session was closed.
var ErrClosed = errors.New("closed")

// HTTPError is the answer of a web server in front of the hub instead of the hub's.
type HTTPError struct {
	Status int
	// Text is the text of the page, shortened and without markup.
	Text string
	// RetryAfter is the answer's Retry-After; 0 if it has none.
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

// NetworkError reports that a request did not reach the hub or that its answer did not
// arrive completely.
type NetworkError struct {
	// Host is the host and port of the hub's URL.
	Host string
	// Unsent reports that the request has certainly not reached the hub.
	Unsent bool
	Err    error
}

// Error implements error.
func (e *NetworkError) Error() string {
	return fmt.Sprintf("%s: %s", printable.Line(e.Host, printable.MaxError), printable.Line(e.Err.Error(), printable.MaxError))
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

// UnavailableError reports that the hub or a login has failed so often that it is not
// tried again for a while.
type UnavailableError struct {
	What  string    // "the hub" or "the login"
	Until time.Time // the time of the next attempt
	Err   error     // the error of the last attempt
}

// Error implements error.
func (e *UnavailableError) Error() string {
	return fmt.Sprintf("%s has failed and is not tried again until %s: %v", e.What, e.Until.UTC().Format(time.RFC3339), e.Err)
}

// Unwrap returns e.Err.
func (e *UnavailableError) Unwrap() error { return e.Err }

// RetryAfter returns the time until e.Until.
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

// Temporary reports whether a call may succeed later without anybody's help: the network,
// the web server or the hub was down or busy.
func Temporary(err error) bool {
	if errors.Is(err, CodeServerOffline) || errors.Is(err, CodeLockError) {
		return true
	}
	if _, network := errors.AsType[*NetworkError](err); network {
		return !Untrusted(err)
	}
	answer, ok := errors.AsType[*HTTPError](err)
	if !ok {
		return false
	}
	switch answer.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	}
	return false
}

// Untrusted reports whether one side does not trust the other, or that there is no TLS at
// all: trying again will not help.
func Untrusted(err error) bool {
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	op, ok := errors.AsType[*net.OpError](err)
	return untrusted || noTLS || ok && op.Op == "remote error" // a TLS alert
}
