package consumer

import (
	"errors"
	"fmt"
	"net"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// link is one connection to a broker, from dial to close. The client library has
// no deadline on anything but the wire, and the wire is ours.
type link struct {
	*amqp.Connection
	wire    *wire
	broker  string
	timeout time.Duration
}

// guard runs one exchange with the broker and cuts the wire if it takes too long:
// a broker that hangs must never hang us. It also words the error.
func (l *link) guard(doing string, exchange func() error) error {
	watchdog := time.AfterFunc(l.timeout, func() {
		l.wire.cut(fmt.Errorf("no answer within %s", l.timeout))
	})
	defer watchdog.Stop()
	if err := exchange(); err != nil {
		return fmt.Errorf("%s: %w", doing, l.explain(err))
	}
	return nil
}

// explain makes of the client library's error the broker's own words or what broke
// the wire, whichever it was.
func (l *link) explain(err error) error {
	e, ok := errors.AsType[*amqp.Error](err)
	if fault := l.wire.why(); fault != nil && (!ok || !e.Server) {
		return fmt.Errorf("connection lost: %w", fault)
	}
	if ok {
		return &replyError{e}
	}
	return err
}

// channel opens a channel.
func (l *link) channel() (ch *amqp.Channel, err error) {
	err = l.guard("open a channel", func() error {
		ch, err = l.Channel()
		return err
	})
	return ch, err
}

// closeTimeout is how long the broker has to agree to the end of a connection.
const closeTimeout = 5 * time.Second

// close ends the connection, after the broker has read all that was written. One
// that reads nothing would not hear of it.
func (l *link) close() {
	if !l.wire.isBlocked() {
		watchdog := time.AfterFunc(min(l.timeout, closeTimeout), func() { l.wire.cut(net.ErrClosed) })
		defer watchdog.Stop()
		_ = l.Close()
	}
	l.wire.cut(net.ErrClosed)
}
