//go:build integration

package consumer_test

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"io"
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
	silent int // see swallow
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
		quota, silent := p.quota, p.silent
		p.quota, p.silent = 0, 0
		p.mu.Unlock()
		p.running.Go(func() {
			if silent > 0 {
				p.pipeMessages(in, out, silent)
			} else {
				p.pipe(in, out, 0)
			}
		})
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

// pipeMessages passes on frames up to and with the first so many messages that are
// published, and swallows what follows.
func (p *proxy) pipeMessages(from, to net.Conn, messages int) {
	defer p.drop(from, to)
	in := bufio.NewReader(from)
	if _, err := io.CopyN(to, in, 8); err != nil { // the protocol's name
		return
	}
	for {
		head, err := in.Peek(11) // type, channel, size, and for a method what it is
		if err != nil && len(head) < 8 {
			return
		}
		if publishes := head[0] == 1 && string(head[7:]) == "\x00\x3c\x00\x28"; publishes {
			messages--
		}
		if messages < 0 {
			_, _ = io.Copy(io.Discard, in)
			return
		}
		if _, err := io.CopyN(to, in, 7+int64(binary.BigEndian.Uint32(head[3:7]))+1); err != nil {
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

// swallow has the next connection let only so many messages through to the broker.
func (p *proxy) swallow(after int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = after
}

// dials returns how many connections were made.
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
