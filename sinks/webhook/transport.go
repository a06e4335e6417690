package webhook

import (
	"crypto/tls"
	"net/http"
	"sync"
	"time"
)

// NewTransport returns a transport for at most inFlight requests at once. It pings a silent
// HTTP/2 connection, and closes it if there is no answer, within half of timeout.
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

// renewingTransport reuses connections, but opens new ones after a request has timed out.
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

// leave makes later requests use new connections. Requests in flight on the old ones, which
// may only be slow, continue.
func (c *renewingTransport) leave(old *http.Transport) {
	c.mu.Lock()
	if c.transport == old {
		c.transport = old.Clone()
	}
	c.mu.Unlock()
	old.CloseIdleConnections()
}
