package exchange

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

// TLS says how the hub's certificate is checked.
type TLS struct {
	ServerCA string // path of a PEM file; read anew for each transport
	RootCAs  *x509.CertPool
	NoVerify bool
}

// Transport sends requests over connections that it keeps. It makes new ones when
// the authorities to trust have changed.
type Transport struct {
	opts *Options
	cert *ClientCert // nil: none

	mu      sync.Mutex
	current *http.Transport
	ca      []byte // what TLS.ServerCA held
}

const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	// idleTimeout is shorter than the time for which Apache keeps a connection
	// by default (5 s), as a request that meets the closing of its connection is lost.
	idleTimeout    = 4 * time.Second
	maxHeaderBytes = 256 << 10
)

// NewTransport returns a transport that shows a client certificate; nil: none.
func (c *Client) NewTransport(cert *ClientCert) (*Transport, error) {
	t := &Transport{opts: &c.opts, cert: cert}
	ca, err := t.readCA()
	if err != nil {
		return nil, err
	}
	t.current, err = t.connections(ca)
	t.ca = ca
	return t, err
}

// roundTrip sends a request. When the server's certificate is not trusted and
// the file of authorities has changed meanwhile, it is tried with the new ones.
func (t *Transport) roundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.connected().RoundTrip(req)
	if err == nil || !IsUntrusted(err) || !t.renew() {
		return resp, err
	}
	if req.Body, err = req.GetBody(); err != nil {
		return nil, err
	}
	return t.connected().RoundTrip(req)
}

func (t *Transport) connected() *http.Transport {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current
}

// renew reports whether the authorities have changed, and takes the new ones.
func (t *Transport) renew() bool {
	ca, err := t.readCA()
	if err != nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if bytes.Equal(ca, t.ca) {
		return false
	}
	fresh, err := t.connections(ca)
	if err != nil {
		return false
	}
	t.current.CloseIdleConnections()
	t.current, t.ca = fresh, ca
	return true
}

// leave closes the connections that carry nothing when a request has timed out on
// one like them: their other end may be gone, too.
func (t *Transport) leave(request context.Context) {
	if _, late := errors.AsType[timeoutError](context.Cause(request)); late {
		t.Close()
	}
}

// Close closes the connections that carry nothing.
func (t *Transport) Close() { t.connected().CloseIdleConnections() }

func (t *Transport) connections(ca []byte) (*http.Transport, error) {
	conf, err := t.opts.TLS.config(ca)
	if err != nil {
		return nil, err
	}
	if t.cert != nil {
		t.cert.configure(conf)
	}
	var http1 http.Protocols
	http1.SetHTTP1(true) // a certificate for one location takes renegotiation, which HTTP/2 lacks
	return &http.Transport{
		Proxy:                  quietProxy(t.opts.Proxy),
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:        conf,
		TLSHandshakeTimeout:    handshakeTimeout,
		MaxIdleConnsPerHost:    t.opts.MaxIdleConns,
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
func (t *Transport) readCA() ([]byte, error) {
	path := t.opts.TLS.ServerCA
	if path == "" || t.opts.TLS.RootCAs != nil || t.opts.TLS.NoVerify {
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
