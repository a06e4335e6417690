package exchange

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"sync/atomic"
)

// ClientCert is the client certificate of a session, as read at its login.
type ClientCert struct {
	pair tls.Certificate
	// late sends the certificate after the handshake, for web servers that
	// request it only at the URL for logins. With TLS 1.3 that takes
	// post-handshake authentication, which Go does not support; with TLS 1.2 it
	// is a renegotiation.
	late  bool
	asked atomic.Bool
}

// ReadClientCert reads a certificate and its key, which may be in the same file.
func ReadClientCert(path, key string, late bool) (*ClientCert, error) {
	pair, err := tls.LoadX509KeyPair(path, cmp.Or(key, path))
	if err != nil {
		return nil, fmt.Errorf("client certificate %s: %w", path, err)
	}
	return &ClientCert{pair: pair, late: late}, nil
}

// Asked reports whether a server has requested the certificate in the handshake.
func (c *ClientCert) Asked() bool { return c.asked.Load() }

func (c *ClientCert) configure(conf *tls.Config) {
	conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		c.asked.Store(true)
		return &c.pair, nil
	}
	if c.late {
		conf.MaxVersion = tls.VersionTLS12
		conf.Renegotiation = tls.RenegotiateOnceAsClient
	}
}
