package kojirpc

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

// transport sends requests over connections that it keeps. It makes new ones when
// the authorities to trust have changed.
type transport struct {
	opts *Options
	cert *clientCert // nil: none

	mu        sync.Mutex
	transport *http.Transport
	ca        []byte // what TLS.ServerCA held
}

const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	// idleTimeout is shorter than the time for which Apache keeps a connection
	// by default (5 s), as a request that meets the closing of its connection is lost.
	idleTimeout    = 4 * time.Second
	maxHeaderBytes = 256 << 10
)

// newTransport returns a transport that shows a client certificate, or none.
func (h *hub) newTransport(cert *clientCert) (*transport, error) {
	c := &transport{opts: &h.opts, cert: cert}
	ca, err := c.readCA()
	if err != nil {
		return nil, err
	}
	c.transport, err = c.newTransport(ca)
	c.ca = ca
	return c, err
}

// roundTrip sends a request. When the server's certificate is not trusted and
// the file of authorities has changed meanwhile, it is tried with the new ones.
func (c *transport) roundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.current().RoundTrip(req)
	if err == nil || !isCertificate(err) || !c.renew() {
		return resp, err
	}
	if req.Body, err = req.GetBody(); err != nil {
		return nil, err
	}
	return c.current().RoundTrip(req)
}

func (c *transport) current() *http.Transport {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.transport
}

// renew reports whether the authorities have changed, and takes the new ones.
func (c *transport) renew() bool {
	ca, err := c.readCA()
	if err != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if bytes.Equal(ca, c.ca) {
		return false
	}
	t, err := c.newTransport(ca)
	if err != nil {
		return false
	}
	c.transport.CloseIdleConnections()
	c.transport, c.ca = t, ca
	return true
}

// leave closes the connections that carry nothing when a request has timed out on
// one like them: their other end may be gone, too.
func (c *transport) leave(request context.Context) {
	if _, late := errors.AsType[timeoutError](context.Cause(request)); late {
		c.close()
	}
}

func (c *transport) close() { c.current().CloseIdleConnections() }

func (c *transport) newTransport(ca []byte) (*http.Transport, error) {
	conf, err := c.opts.TLS.config(ca)
	if err != nil {
		return nil, err
	}
	if c.cert != nil {
		c.cert.configure(conf)
	}
	var http1 http.Protocols
	http1.SetHTTP1(true) // a certificate for one location takes renegotiation, which HTTP/2 lacks
	return &http.Transport{
		Proxy:                  quietProxy(c.opts.Proxy),
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:        conf,
		TLSHandshakeTimeout:    handshakeTimeout,
		MaxIdleConnsPerHost:    c.opts.MaxInFlight,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		Protocols:              &http1,
	}, nil
}

// quietProxy keeps the address of a proxy, which may have a password in it, out
// of errors.
func quietProxy(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		u, err := proxy(r)
		if err != nil {
			return nil, errors.New("the address of the proxy, in HTTPS_PROXY or HTTP_PROXY, is not a URL")
		}
		return u, nil
	}
}

// readCA reads the authorities to trust; nil if no file is given.
func (c *transport) readCA() ([]byte, error) {
	path := c.opts.TLS.ServerCA
	if path == "" || c.opts.TLS.RootCAs != nil || c.opts.TLS.NoVerify {
		return nil, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("server CA: %w", err)
	}
	return pem, nil
}

// config makes the TLS settings of a client.
func (t *TLS) config(ca []byte) (*tls.Config, error) {
	conf := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		RootCAs:            t.RootCAs,
		InsecureSkipVerify: t.NoVerify,
	}
	if ca != nil {
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(ca) {
			return nil, fmt.Errorf("server CA: %s has no certificate in it; it must be PEM", t.ServerCA)
		}
	}
	return conf, nil
}
