//go:build integration

package consumer_test

import (
	"crypto/tls"
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands between a consumer and the broker and can break the wire in the
// ways wires break.
type proxy struct {
	listener net.Listener
	target   string
	base     *url.URL
	running  sync.WaitGroup

	mu     sync.Mutex
	thawed sync.Cond
	frozen bool
	closed bool
	conns  map[net.Conn]bool
	opened int
	quota  int // see stall
}

// newProxy speaks TLS on the consumer's side if config is set.
func newProxy(tb testing.TB, config *tls.Config) *proxy {
	tb.Helper()
	base, err := url.Parse(brokerURL(tb))
	if err != nil {
		tb.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &proxy{listener: l, target: base.Host, base: base, conns: map[net.Conn]bool{}}
	p.thawed.L = &p.mu
	if config != nil {
		p.listener = tls.NewListener(l, config)
	}
	p.running.Go(p.serve)
	tb.Cleanup(p.close)
	return p
}

// url is the broker's, by way of the proxy.
func (p *proxy) url() string {
	u := *p.base
	u.Host = p.listener.Addr().String()
	return u.String()
}

func (p *proxy) serve() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = in.Close()
			continue
		}
		p.mu.Lock()
		p.conns[in], p.conns[out] = true, true
		p.opened++
		quota := p.quota
		p.quota = 0
		p.mu.Unlock()
		p.running.Go(func() { p.pipe(in, out, 0) })
		p.running.Go(func() { p.pipe(out, in, quota) })
	}
}

// pipe passes on what comes, but with a quota no more than so many bytes.
func (p *proxy) pipe(from, to net.Conn, quota int) {
	defer p.drop(from, to)
	buf := make([]byte, 32<<10)
	for passed := 0; ; {
		n, err := from.Read(buf)
		p.mu.Lock()
		for p.frozen && !p.closed {
			p.thawed.Wait()
		}
		p.mu.Unlock()
		if quota > 0 {
			n = min(n, quota-passed)
			passed += n
		}
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

func (p *proxy) drop(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(p.conns, c)
	}
}

// cut breaks all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

// freeze lets nothing through any more, without breaking anything.
func (p *proxy) freeze(frozen bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen = frozen
	p.thawed.Broadcast()
}

// stall has the next connection let only so many bytes of the broker's through.
func (p *proxy) stall(after int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quota = after
}

// dials is how many connections were made.
func (p *proxy) dials() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opened
}

func (p *proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	p.closed = true
	p.thawed.Broadcast()
	p.mu.Unlock()
	p.cut()
	p.running.Wait()
}
