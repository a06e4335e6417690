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

// Connection is one connection to a broker, from dial to close. The client library only
// bounds the time of reads and writes of the socket; Connection bounds that of requests.
type Connection struct {
	amqp    *amqp.Connection
	conn    *monitoredConn
	address string
	timeout time.Duration
}

// Address returns where the broker is, without user and password.
func (c *Connection) Address() string { return c.address }

// FrameSize returns the size of the largest frame that both sides accept, in bytes.
func (c *Connection) FrameSize() int { return c.amqp.Config.FrameSize }

// Timeout returns the time limit of a request.
func (c *Connection) Timeout() time.Duration { return c.timeout }

// LimitTimeout lowers the time limit of a request.
func (c *Connection) LimitTimeout(d time.Duration) { c.timeout = min(c.timeout, d) }

// NotifyClose returns a channel that receives the reason when the connection ends.
func (c *Connection) NotifyClose() <-chan *amqp.Error {
	return c.amqp.NotifyClose(make(chan *amqp.Error, 1))
}

// NotifyBlocked returns a channel that receives the broker's alarms.
func (c *Connection) NotifyBlocked() <-chan amqp.Blocking {
	return c.amqp.NotifyBlocked(make(chan amqp.Blocking, 1))
}

// SetBlocked records whether the broker has stopped reading; writes have no time limit then.
func (c *Connection) SetBlocked(blocked bool) { c.conn.block(blocked) }

// IsBlocked reports whether the broker has stopped reading.
func (c *Connection) IsBlocked() bool { return c.conn.isBlocked() }

// Patience returns the time left for an answer to a request that began at the given time.
// Time during which the broker has stopped reading does not count.
func (c *Connection) Patience(begun time.Time) time.Duration {
	return c.conn.patience(begun, c.timeout)
}

// CutWhenDone cuts the connection when ctx ends, unless stop is called first.
func (c *Connection) CutWhenDone(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { c.conn.cut(context.Cause(ctx)) })
}

// Guard runs one request to the broker and cuts the connection if it takes too long, so that
// a broker that hangs cannot block the caller. It adds doing to the error.
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

// Explain replaces an error of the client library by the broker's own error or the reason why
// the connection broke, if there is one.
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

// closeTimeout is how long the broker has to confirm that a connection is closed.
const closeTimeout = 5 * time.Second

// Close closes the connection after the broker has read everything that was written. If the
// broker has stopped reading, Close does not wait for it.
func (c *Connection) Close() {
	if !c.conn.isBlocked() {
		watchdog := time.AfterFunc(min(c.timeout, closeTimeout), func() { c.conn.cut(net.ErrClosed) })
		defer watchdog.Stop()
		_ = c.amqp.Close()
	}
	c.conn.cut(net.ErrClosed)
}

// majorVersion returns the broker's major version; 0 if unknown.
func (c *Connection) majorVersion() int {
	version, _ := c.amqp.Properties["version"].(string)
	first, _, _ := strings.Cut(version, ".")
	major, _ := strconv.Atoi(first)
	return major
}
