package broker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Connection is one connection to a broker, from dial to close. The client library
// bounds nothing but reads and writes of the socket; this bounds the rest.
type Connection struct {
	amqp    *amqp.Connection
	conn    *monitoredConn
	address string
	timeout time.Duration
}

// Address returns where the broker is, without user and password.
func (c *Connection) Address() string { return c.address }

// FrameSize returns the largest frame that both sides take, in bytes.
func (c *Connection) FrameSize() int { return c.amqp.Config.FrameSize }

// Timeout returns the bound of an exchange.
func (c *Connection) Timeout() time.Duration { return c.timeout }

// LimitTimeout lowers the bound of an exchange.
func (c *Connection) LimitTimeout(d time.Duration) { c.timeout = min(c.timeout, d) }

// NotifyClose returns a channel that gets why the connection ended.
func (c *Connection) NotifyClose() <-chan *amqp.Error {
	return c.amqp.NotifyClose(make(chan *amqp.Error, 1))
}

// NotifyBlocked returns a channel that gets the broker's alarms.
func (c *Connection) NotifyBlocked() <-chan amqp.Blocking {
	return c.amqp.NotifyBlocked(make(chan amqp.Blocking, 1))
}

// SetBlocked notes whether the broker reads nothing; writes may take as long then.
func (c *Connection) SetBlocked(blocked bool) { c.conn.block(blocked) }

// IsBlocked reports whether the broker reads nothing.
func (c *Connection) IsBlocked() bool { return c.conn.isBlocked() }

// Patience returns how much is left of the time that the broker has for an answer.
// The time in which it reads nothing does not count.
func (c *Connection) Patience(begun time.Time) time.Duration {
	return c.conn.patience(begun, c.timeout)
}

// CutWhenDone cuts the connection when ctx ends, whatever is waited for. Stop ends
// that.
func (c *Connection) CutWhenDone(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { c.conn.cut(context.Cause(ctx)) })
}

// Guard runs one exchange with the broker and cuts the connection if it takes too long:
// a broker that hangs must never hang us. It also words the error.
func (c *Connection) Guard(doing string, exchange func() error) error {
	watchdog := time.AfterFunc(c.timeout, func() {
		c.conn.cut(fmt.Errorf("no answer within %s", c.timeout))
	})
	defer watchdog.Stop()
	if err := exchange(); err != nil {
		return fmt.Errorf("%s: %w", doing, c.Explain(err))
	}
	return nil
}

// Explain makes of the client library's error the broker's own words or what broke
// the connection, whichever it was.
func (c *Connection) Explain(err error) error {
	e, ok := errors.AsType[*amqp.Error](err)
	if fault := c.conn.why(); fault != nil && (!ok || !e.Server) {
		return fmt.Errorf("connection lost: %w", fault)
	}
	if ok {
		return &replyError{e}
	}
	return err
}

// OpenChannel opens a channel.
func (c *Connection) OpenChannel() (ch *amqp.Channel, err error) {
	err = c.Guard("open a channel", func() error {
		ch, err = c.amqp.Channel()
		return err
	})
	return ch, err
}

// closeTimeout is how long the broker has to agree to the end of a connection.
const closeTimeout = 5 * time.Second

// Close ends the connection, after the broker has read all that was written. One
// that reads nothing would not hear of it.
func (c *Connection) Close() {
	if !c.conn.isBlocked() {
		watchdog := time.AfterFunc(min(c.timeout, closeTimeout), func() { c.conn.cut(net.ErrClosed) })
		defer watchdog.Stop()
		_ = c.amqp.Close()
	}
	c.conn.cut(net.ErrClosed)
}

// majorVersion returns the first part of the broker's version; 0 if it tells none.
func (c *Connection) majorVersion() int {
	version, _ := c.amqp.Properties["version"].(string)
	first, _, _ := strings.Cut(version, ".")
	major, _ := strconv.Atoi(first)
	return major
}
