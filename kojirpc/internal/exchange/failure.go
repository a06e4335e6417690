package exchange

import (
	"errors"
	"net"
	"time"
)

// timeoutError reports that there was no answer within Route.Timeout.
type timeoutError time.Duration

func (e timeoutError) Error() string { return "no answer within " + time.Duration(e).String() }
func (timeoutError) Timeout() bool   { return true }

// staleError reports a failure on a connection that had been idle.
type staleError struct{ error }

func (e *staleError) Unwrap() error { return e.error }

// IsStale reports whether a request failed on a connection that had been idle, most
// likely because the server was closing it.
func IsStale(err error) bool {
	_, ok := errors.AsType[*staleError](err)
	return ok
}

// isUnsent reports whether no connection was made.
func isUnsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}
