package consumer

import (
	"bufio"
	"net"
	"sync"
	"time"
)

// readBuffer is how much is read from the socket at once. The client library
// reads 4 KiB, a system call for every few messages.
const readBuffer = 64 << 10

// buffered is a socket that is read in large pieces.
type buffered struct {
	net.Conn
	r *bufio.Reader
}

func newBuffered(c net.Conn) *buffered {
	return &buffered{Conn: c, r: bufio.NewReaderSize(c, readBuffer)}
}

func (b *buffered) Read(p []byte) (int, error) { return b.r.Read(p) }

// wire is what the client library reads and writes. It bounds each write, and
// remembers what broke it, which the library reports as text at best. While the
// broker says that it reads nothing, a write may take as long as that lasts.
type wire struct {
	net.Conn
	writeTimeout time.Duration
	readTimeout  time.Duration // without a heartbeat

	mu      sync.Mutex
	fault   error
	blocked bool
	freed   time.Time // when the broker last began to read again
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	switch {
	case err != nil:
		w.cut(err) // else a write without a bound would wait on
	case w.isBlocked():
		// The library does this, but not while a write of its own waits.
		_ = w.SetReadDeadline(time.Now().Add(w.readTimeout))
	}
	return n, err
}

func (w *wire) Write(p []byte) (int, error) {
	err := w.boundWrites()
	if err != nil {
		w.broke(err)
		return 0, err
	}
	n, err := w.Conn.Write(p)
	if err != nil {
		w.broke(err)
	}
	return n, err
}

func (w *wire) boundWrites() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.blocked {
		return w.SetWriteDeadline(time.Time{})
	}
	return w.SetWriteDeadline(time.Now().Add(w.writeTimeout))
}

// block notes whether the broker reads nothing.
func (w *wire) block(blocked bool) {
	w.mu.Lock()
	if w.blocked && !blocked {
		w.freed = time.Now()
	}
	w.blocked = blocked
	w.mu.Unlock()
	_ = w.boundWrites() // a write may be waiting already
}

func (w *wire) isBlocked() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.blocked
}

// patience is how much is left of the time that the broker has for an answer. The
// time in which it reads nothing does not count.
func (w *wire) patience(begun time.Time, timeout time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.blocked {
		return timeout
	}
	if w.freed.After(begun) {
		begun = w.freed
	}
	return time.Until(begun.Add(timeout))
}

// cut closes the wire at once and says why.
func (w *wire) cut(why error) {
	w.broke(why)
	_ = w.Close()
}

func (w *wire) broke(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault == nil {
		w.fault = err
	}
}

// why is what broke the wire first; nil while it is whole.
func (w *wire) why() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fault
}
