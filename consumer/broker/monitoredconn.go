package broker

import (
	"bufio"
	"net"
	"sync"
	"time"
)

// readBuffer is the size of the read buffer in bytes. The client library reads 4 KiB, which
// takes a system call for every few messages.
const readBuffer = 64 << 10

// buffered is a socket with a large read buffer.
type buffered struct {
	net.Conn
	r *bufio.Reader
}

func newBuffered(c net.Conn) *buffered {
	return &buffered{Conn: c, r: bufio.NewReaderSize(c, readBuffer)}
}

func (b *buffered) Read(p []byte) (int, error) { return b.r.Read(p) }

// monitoredConn is the connection that the client library reads and writes. It bounds the
// time of each write, except while the broker has announced that it does not read, and
// records why it broke, which the library reports as text at best.
type monitoredConn struct {
	net.Conn
	writeTimeout time.Duration
	readTimeout  time.Duration // without a heartbeat

	mu      sync.Mutex
	fault   error
	blocked bool
	freed   time.Time // when the broker last began to read again
}

func (c *monitoredConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	switch {
	case err != nil:
		c.cut(err) // else a write without a bound would wait on
	case c.isBlocked():
		// The library does this, but not while a write of its own waits.
		_ = c.SetReadDeadline(time.Now().Add(c.readTimeout))
	}
	return n, err
}

func (c *monitoredConn) Write(p []byte) (int, error) {
	err := c.boundWrites()
	if err != nil {
		c.broke(err)
		return 0, err
	}
	n, err := c.Conn.Write(p)
	if err != nil {
		c.broke(err)
	}
	return n, err
}

func (c *monitoredConn) boundWrites() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.blocked {
		return c.SetWriteDeadline(time.Time{})
	}
	return c.SetWriteDeadline(time.Now().Add(c.writeTimeout))
}

// block records whether the broker has stopped reading.
func (c *monitoredConn) block(blocked bool) {
	c.mu.Lock()
	if c.blocked && !blocked {
		c.freed = time.Now()
	}
	c.blocked = blocked
	c.mu.Unlock()
	_ = c.boundWrites() // a write may be waiting already
}

func (c *monitoredConn) isBlocked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.blocked
}

// patience returns the time left for an answer. Time during which the broker has stopped
// reading does not count.
func (c *monitoredConn) patience(begun time.Time, timeout time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.blocked {
		return timeout
	}
	if c.freed.After(begun) {
		begun = c.freed
	}
	return time.Until(begun.Add(timeout))
}

// cut closes the connection at once and records the reason.
func (c *monitoredConn) cut(why error) {
	c.broke(why)
	_ = c.Close()
}

func (c *monitoredConn) broke(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault == nil {
		c.fault = err
	}
}

// why returns the first error that broke the connection; nil while it works.
func (c *monitoredConn) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fault
}
