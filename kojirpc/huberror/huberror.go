// Package huberror has the errors of calls to a Koji hub, which package kojirpc
// returns. Package kojirpc has the same names for them.
package huberror

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

// ErrClosed reports that the client or session was closed.
var ErrClosed = errors.New("closed")

// HTTPError is the answer of a web server in front of the hub in place of the
// hub's.
type HTTPError struct {
	Status int
	// Text is the text of the page, without markup and shortened.
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
