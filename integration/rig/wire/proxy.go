package wire

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/port"
)

const (
	dialTimeout = 10 * time.Second
	listenTries = 5
)

// Cut is a way for a connection to end.
type Cut int

// The ways for a connection to end.
const (
	Reset Cut = iota // RST: bytes in flight are lost, and both sides get an error
	Close            // FIN: both sides see the other close the connection
)

// Way is a direction of a connection.
type Way int

// The directions of a connection.
const (
	ToServer Way = iota
	ToClient
	ways
)

// Proxy forwards connections to a server. Its methods are safe for concurrent use. Close
// ends it.
type Proxy struct {
	target string
	addr   string // does not change while new connections are refused
	weather
	owned sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while new connections are refused
	links    map[*link]struct{}
	accepted int
	closed   bool
}

// Listen starts a proxy in front of target, a host:port.
func Listen(target string) (*Proxy, error) {
	p := &Proxy{target: target, links: map[*link]struct{}{}}
	var err error
	for range listenTries {
		var free int
		if free, err = port.One(); err != nil {
			return nil, err
		}
		p.addr = port.Loopback(free)
		if err = p.Admit(); err == nil {
			return p, nil
		}
	}
	return nil, err
}

// Addr returns the host:port to connect to.
func (p *Proxy) Addr() string { return p.addr }

// URL returns address with the host replaced by the proxy.
func (p *Proxy) URL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Host = p.addr
	return u.String()
}

// Admit accepts new connections again after Refuse.
func (p *Proxy) Admit() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil || p.closed {
		return nil
	}
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", p.addr)
	if err != nil {
		return fmt.Errorf("proxy for %s: %w", p.target, err)
	}
	p.listener = l
	p.owned.Go(func() { p.accept(l) })
	return nil
}

// Refuse refuses new connections, as if no program listened. Open connections stay
// open.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
}

// Cut ends all connections and returns their number.
func (p *Proxy) Cut(how Cut) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.links)
	for l := range p.links {
		l.cut(how)
		delete(p.links, l)
	}
	return n
}

// Freeze silently stops all traffic on the connections that are open now, or only the
// traffic in the given directions. New connections work.
func (p *Proxy) Freeze(only ...Way) {
	if len(only) == 0 {
		only = []Way{ToServer, ToClient}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		for _, way := range only {
			l.frozen[way].Store(true)
		}
	}
}

// Open returns the number of open connections.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

// Accepted returns the number of connections accepted since the start.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// Close refuses new connections, cuts the open ones and waits for the proxy's goroutines.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Refuse()
	p.Cut(Reset)
	p.owned.Wait()
}

func (p *Proxy) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return // closed by Refuse or Close
		}
		p.admit(conn.(*net.TCPConn))
	}
}

func (p *Proxy) admit(client *net.TCPConn) {
	l := newLink(client)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		l.cut(Reset)
		return
	}
	p.accepted++
	p.links[l] = struct{}{}
	p.owned.Go(func() {
		l.run(p.target, &p.weather)
		p.mu.Lock()
		delete(p.links, l)
		p.mu.Unlock()
	})
}
