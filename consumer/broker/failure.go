package broker

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/internal/hint"
)

// Cause is a reason why a session ended or could not begin.
type Cause string

// The causes.
const (
	// CauseSettings: the settings or secrets of the brokers could not be read.
	CauseSettings Cause = "settings"
	// CauseConnect: no connection could be made.
	CauseConnect Cause = "connect"
	// CauseTLS: the two sides do not trust each other's certificates.
	CauseTLS Cause = "tls"
	// CauseLogin: the broker refused the credentials.
	CauseLogin Cause = "login"
	// CauseVhost: the broker refused the virtual host.
	CauseVhost Cause = "vhost"
	// CauseTopology: the queue or its bindings could not be declared.
	CauseTopology Cause = "topology"
	// CauseConnectionLost: the connection broke or was closed.
	CauseConnectionLost Cause = "connection_lost"
	// CauseChannelClosed: the broker closed the channel.
	CauseChannelClosed Cause = "channel_closed"
	// CauseCancelled: the broker ended the consumer: its queue is gone.
	CauseCancelled Cause = "consumer_cancelled"
	// CauseHeld: a delivery was unsettled for longer than the consumer may hold it.
	CauseHeld Cause = "held"
	// CauseUnserved: the broker did not deliver messages that waited for long.
	CauseUnserved Cause = "unserved"
)

// Causes returns all causes.
func Causes() []Cause {
	return []Cause{
		CauseSettings, CauseConnect, CauseTLS, CauseLogin, CauseVhost, CauseTopology,
		CauseConnectionLost, CauseChannelClosed, CauseCancelled, CauseHeld, CauseUnserved,
	}
}

// Failure is an error because of which a session ended or could not begin.
type Failure struct {
	Cause Cause
	// Hint is how to fix the cause if retrying cannot; else "".
	Hint string
	Err  error
}

func (f *Failure) Error() string { return f.Err.Error() }

// Remedy returns the hint or, if retrying may help, what the operator can do meanwhile; "" if
// nothing is known.
func (f *Failure) Remedy() string {
	if f.Hint != "" {
		return f.Hint
	}
	if ReplyCode(f.Err) == amqp.NotFound && f.Cause == CauseTopology {
		if strings.Contains(f.Err.Error(), "no exchange") {
			return "set exchange to the one that the hub publishes to, or have it created; kojiwatch declares none"
		}
		return "have the queue created, or set declare: active"
	}
	return hint.Of(f.Err)
}

// Unwrap returns Err.
func (f *Failure) Unwrap() error { return f.Err }

// replyError formats an error of the broker in the broker's words, and one of the client
// library without its decoration.
type replyError struct{ reply *amqp.Error }

func (e *replyError) Error() string {
	if !e.reply.Server {
		return e.reply.Reason
	}
	return fmt.Sprintf("the broker answered %d %s", e.reply.Code, strings.TrimSuffix(message.PlainText(e.reply.Reason, message.MaxError), "."))
}
func (e *replyError) Unwrap() error { return e.reply }

// ReplyCode returns the AMQP reply code of an error of the broker; 0 for any other error.
func ReplyCode(err error) int {
	if e, ok := errors.AsType[*replyError](err); ok && e.reply.Server {
		return e.reply.Code
	}
	return 0
}

// loginFailure distinguishes refused credentials from a connection that broke during login,
// for which the client library returns the same error.
func loginFailure(err error) *Failure {
	switch code := ReplyCode(err); {
	case errors.Is(err, amqp.ErrSASL):
		return &Failure{CauseLogin, "use another kind of login, or enable the broker's plugin for this one", err}
	case code == amqp.AccessRefused:
		return &Failure{CauseLogin, "check the user name and password, or for EXTERNAL the user that belongs to the certificate", err}
	case code == amqp.NotAllowed && !strings.Contains(err.Error(), "limit"):
		// Not a connection limit: the vhost is unknown or closed to the user.
		return &Failure{CauseVhost, "check the virtual host at the end of the broker URL (a / in its name is written %2F) and the user's permissions on it", err}
	}
	return &Failure{CauseConnect, "", err}
}

// tlsFailure distinguishes certificates that either side does not trust from other failures
// of the connection.
func tlsFailure(err error) *Failure {
	if hint.Expired(err) {
		return &Failure{CauseTLS, "have the broker's certificate renewed, or set this machine's clock", err}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &Failure{CauseTLS, "check the authorities (CA) configured for the broker and the host name in its URL", err}
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return &Failure{CauseTLS, "the port does not speak TLS: check scheme and port of the broker URL", err}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return &Failure{CauseTLS, "the broker refused the TLS handshake: check the client certificate and key", err}
	}
	return &Failure{CauseConnect, "", err}
}

// TopologyFailure wraps an error from declaring queues and bindings in a [Failure], with a
// hint if retrying cannot help. It returns nil for nil.
func TopologyFailure(err error) error {
	if err == nil {
		return nil
	}
	todo := ""
	switch ReplyCode(err) {
	case amqp.AccessRefused:
		todo = "the user may not do that: use a name the broker allows, or have the permission granted, or set declare: passive for a queue that exists"
	case amqp.PreconditionFailed:
		todo = "make the settings of the queue agree with that, or delete the queue on the broker, or set declare: passive to use it as it is"
	case amqp.NotImplemented, amqp.CommandInvalid, amqp.SyntaxError:
		todo = "the broker cannot do what the queue's settings ask for: change them"
	}
	return &Failure{CauseTopology, todo, err}
}
