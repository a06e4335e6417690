package consumer

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/internal/hint"
)

// FatalError is a failure at the start that waiting cannot heal.
type FatalError struct {
	// Cause is what kind of failure it is.
	Cause Cause
	// Remedy is what to do about it.
	Remedy string
	// Err is what failed.
	Err error
}

// Error says what failed and what to do.
func (e *FatalError) Error() string { return e.Err.Error() + ": " + e.Remedy }

// Unwrap is Err.
func (e *FatalError) Unwrap() error { return e.Err }

// failure is why a session could not begin or had to end.
type failure struct {
	cause  Cause
	remedy string // what to do, if waiting cannot heal it
	err    error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// replyError is a broker's own error as the broker worded it, or one of the client
// library without its decoration.
type replyError struct{ reply *amqp.Error }

func (e *replyError) Error() string {
	if !e.reply.Server {
		return e.reply.Reason
	}
	return fmt.Sprintf("the broker answered %d %s", e.reply.Code, strings.TrimSuffix(plainText(e.reply.Reason, maxErrorText), "."))
}
func (e *replyError) Unwrap() error { return e.reply }

// replyCode is the code of a broker's own error; 0 if err is none.
func replyCode(err error) int {
	if e, ok := errors.AsType[*replyError](err); ok && e.reply.Server {
		return e.reply.Code
	}
	return 0
}

// loginFailure tells refused credentials from a connection that broke during the
// login, for which the client library has the same error.
func loginFailure(err error) *failure {
	switch code := replyCode(err); {
	case errors.Is(err, amqp.ErrSASL):
		return &failure{CauseLogin, "use another kind of login, or enable the broker's plugin for this one", err}
	case code == amqp.AccessRefused:
		return &failure{CauseLogin, "check the user name and password, or for EXTERNAL the user that belongs to the certificate", err}
	case code == amqp.NotAllowed && !strings.Contains(err.Error(), "limit"):
		// Not a connection limit: the vhost is unknown or closed to the user.
		return &failure{CauseVhost, "check the virtual host at the end of the broker URL (a / in its name is written %2F) and the user's permissions on it", err}
	}
	return &failure{CauseConnect, "", err}
}

// tlsFailure tells certificates that are not trusted, on either side, from other
// failures of the connection.
func tlsFailure(err error) *failure {
	if hint.Expired(err) {
		return &failure{CauseTLS, "have the broker's certificate renewed, or set this machine's clock", err}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &failure{CauseTLS, "check the authorities (CA) configured for the broker and the host name in its URL", err}
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return &failure{CauseTLS, "the port does not speak TLS: check scheme and port of the broker URL", err}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return &failure{CauseTLS, "the broker refused the TLS handshake: check the client certificate and key", err}
	}
	return &failure{CauseConnect, "", err}
}
