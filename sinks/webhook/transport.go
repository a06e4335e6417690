package webhook

import (
	"crypto/tls"
	"net/http"
	"sync"
	"time"
)

// NewTransport returns what carries a sink's requests, at most so many at once. An
// HTTP/2 connection that falls silent is asked whether it is alive, and given up
// within half the time that a request may take.
func NewTransport(security *tls.Config, inFlight int, timeout time.Duration) *http.Transport {
	silence := min(max(timeout/4, time.Second), 15*time.Second)
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: security, ForceAttemptHTTP2: true,
		MaxIdleConns: inFlight, MaxIdleConnsPerHost: inFlight, MaxConnsPerHost: inFlight,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: timeout,
		MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
		HTTP2: &http.HTTP2Config{SendPingTimeout: silence, PingTimeout: silence, WriteByteTimeout: silence},
	}
}

// renewingTransport sends requests over kept connections, and opens new ones once
// a request has timed out.
type renewingTransport struct {
	mu        sync.Mutex
	transport *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (c *renewingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t := c.current()
	response, err := t.RoundTrip(r)
	if err != nil && r.Context().Err() != nil {
		c.leave(t)
	}
	return response, err
}

// CloseIdleConnections closes idle connections; [http.Client] calls it.
func (c *renewingTransport) CloseIdleConnections() { c.current().CloseIdleConnections() }

func (c *renewingTransport) current() *http.Transport {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.transport
}

// leave has the next requests go over new connections. Requests under way on the old
// ones, which may only be slow, go on.
func (c *renewingTransport) leave(old *http.Transport) {
	c.mu.Lock()
	if c.transport == old {
		c.transport = old.Clone()
	}
	c.mu.Unlock()
	old.CloseIdleConnections()
}
