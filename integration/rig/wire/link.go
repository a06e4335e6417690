package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	pieceSize   = 16 << 10
	inFlight    = 64 // pieces in flight per direction
	lingerLimit = 2 * time.Second
)

// link is one connection through the proxy.
type link struct {
	client *net.TCPConn
	gone   chan struct{} // closed when the link is cut
	once   sync.Once
	frozen [ways]atomic.Bool

	mu     sync.Mutex
	server *net.TCPConn // nil until connected
	how    Cut
}

// piece has some bytes and the time at which they reach the other side.
type piece struct {
	bytes []byte
	due   time.Time
}

func newLink(client *net.TCPConn) *link {
	return &link{client: client, gone: make(chan struct{})}
}

// cut ends the link; run then closes the connections. cut resets or closes both sides
// before it signals run, because run would close them with a FIN.
func (l *link) cut(how Cut) {
	l.once.Do(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.how = how
		defer close(l.gone)
		l.part(l.client)
		if l.server != nil {
			l.part(l.server)
		}
	})
}

// part ends one side. The kernel resets a closed connection that has unread bytes, so
// for a FIN part closes only our half.
func (l *link) part(conn *net.TCPConn) {
	if l.how == Close {
		_ = conn.CloseWrite()
		_ = conn.SetDeadline(time.Now().Add(lingerLimit))
		return
	}
	_ = conn.SetLinger(0)
	_ = conn.Close()
}

// run carries bytes until both sides have closed or the link is cut.
func (l *link) run(target string, w *weather) {
	defer l.client.Close()
	if !w.calm(l.gone) {
		l.drain(l.client)
		return
	}
	server, err := l.connect(target)
	if err != nil {
		l.cut(Reset) // the server does not accept connections
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	both.Go(func() { l.carry(l.client, server, w, ToServer) })
	both.Go(func() { l.carry(server, l.client, w, ToClient) })
	both.Wait()
}

func (l *link) connect(target string) (*net.TCPConn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", target)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.server = conn.(*net.TCPConn)
	select {
	case <-l.gone: // cut while connecting
		l.part(l.server)
	default:
	}
	return l.server, nil
}

// carry moves bytes from one side to the other: another goroutine reads and timestamps
// them, and this one writes them when they are due.
func (l *link) carry(from, to *net.TCPConn, w *weather, way Way) {
	pieces := make(chan piece, inFlight)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(pieces)
		l.read(from, pieces, w, way)
	})
	ok := true
	for p := range pieces {
		ok = ok && l.deliver(to, p, w, way)
	}
	if ok && l.calm(w, way) {
		_ = to.CloseWrite() // forward the FIN
	}
	reader.Wait()
	l.drain(from)
}

func (l *link) read(from *net.TCPConn, pieces chan<- piece, w *weather, way Way) {
	for {
		buffer := make([]byte, pieceSize)
		n, err := from.Read(buffer)
		if n > 0 {
			select {
			case pieces <- piece{buffer[:n], time.Now().Add(w.latency())}:
			case <-l.gone:
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && l.calm(w, way) {
				l.cut(Reset) // one side was lost, so reset the other
			}
			return
		}
	}
}

// deliver writes a piece when it is due. It reports whether the link is still up.
func (l *link) deliver(to *net.TCPConn, p piece, w *weather, way Way) bool {
	if !l.sleep(time.Until(p.due)) || !l.calm(w, way) || !l.sleep(w.toll(len(p.bytes))) {
		return false
	}
	if _, err := to.Write(p.bytes); err != nil {
		l.cut(Reset)
		return false
	}
	return true
}

// calm waits while that direction is stalled or frozen. It reports whether that ended
// before the link did.
func (l *link) calm(w *weather, way Way) bool {
	if l.frozen[way].Load() {
		<-l.gone
		return false
	}
	return w.calm(l.gone)
}

// sleep waits, and reports whether the link is still up.
func (l *link) sleep(d time.Duration) bool {
	select {
	case <-l.gone:
		return false
	default:
	}
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.gone:
		return false
	}
}

// drain reads from a link that was cut with a FIN until the other side closes it, or
// until the deadline set by part.
func (l *link) drain(conn *net.TCPConn) {
	select {
	case <-l.gone:
		_, _ = io.Copy(io.Discard, conn)
	default:
	}
}
