package exchange

import (
	"crypto/tls"
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

// IsUntrusted reports whether one side does not trust the other, or the server does
// not use TLS at all: a retry will not help.
func IsUntrusted(err error) bool {
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
