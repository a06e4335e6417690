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
// remembers what broke it, which the library reports as text at best.
type wire struct {
	net.Conn
	writeTimeout time.Duration

	mu    sync.Mutex
	fault error
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil {
		w.broke(err)
	}
	return n, err
}

func (w *wire) Write(p []byte) (int, error) {
	err := w.SetWriteDeadline(time.Now().Add(w.writeTimeout))
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
