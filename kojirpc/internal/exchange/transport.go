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

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
)

// TLS configures the verification of the hub's certificate.
type TLS struct {
	ServerCA string // path of a PEM file; read again for each transport
	RootCAs  *x509.CertPool
	NoVerify bool
}

// Transport sends requests over persistent connections. It makes new connections when
// the trusted authorities have changed.
type Transport struct {
	opts *Options
	cert *ClientCert // nil: none

	mu      sync.Mutex
	current *http.Transport
	ca      []byte // content of the file TLS.ServerCA
}

const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	// idleTimeout is shorter than Apache's default KeepAliveTimeout of 5 s, because a
	// request is lost if the server closes its connection at the same time.
	idleTimeout    = 4 * time.Second
	maxHeaderBytes = 256 << 10
)

// NewTransport returns a transport with a client certificate; nil: none.
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

// roundTrip sends a request. If the server's certificate is not trusted and the file
// of authorities has changed, it tries again with the new authorities.
func (t *Transport) roundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.connected().RoundTrip(req)
	if err == nil || !huberror.Untrusted(err) || !t.renew() {
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

// renew switches to the authorities in the file and reports whether they have changed.
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

// leave closes the idle connections if a request has timed out: the server's end of
// them may be gone, too.
func (t *Transport) leave(request context.Context) {
	if _, late := errors.AsType[timeoutError](context.Cause(request)); late {
		t.Close()
	}
}

// Close closes the idle connections.
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
	http1.SetHTTP1(true) // HTTP/2 lacks renegotiation, which ClientCert.late needs
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

// quietProxy keeps the address of a proxy, which may contain a password, out of errors.
func quietProxy(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		u, err := proxy(r)
		if err != nil {
			return nil, errors.New("the proxy address in HTTPS_PROXY or HTTP_PROXY is not a URL")
		}
		return u, nil
	}
}

// readCA reads the file of trusted authorities. It returns nil if no file is used.
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

// config returns the TLS configuration of a client.
func (t *TLS) config(ca []byte) (*tls.Config, error) {
	conf := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		RootCAs:            t.RootCAs,
		InsecureSkipVerify: t.NoVerify,
	}
	if ca != nil {
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(ca) {
			return nil, fmt.Errorf("server CA: %s contains no PEM certificate", t.ServerCA)
		}
	}
	return conf, nil
}
