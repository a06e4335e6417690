package kojirpc

import (
	"crypto/tls"
	"fmt"
	"sync/atomic"
)

// clientCert is the certificate that a session shows, as it was when the session
// logged in.
type clientCert struct {
	pair tls.Certificate
	// late has the certificate shown after the handshake, when the web server
	// asks for it only where a login goes. With TLS 1.3 that takes
	// post-handshake authentication, which Go does not offer; with TLS 1.2 it
	// is a renegotiation.
	late bool
	// asked says that a server has asked for it in the handshake.
	asked atomic.Bool
}

// readClientCert reads certificate and key.
func readClientCert(cred Credentials, late bool) (*clientCert, error) {
	key := cred.Key
	if key == "" {
		key = cred.Cert
	}
	pair, err := tls.LoadX509KeyPair(cred.Cert, key)
	if err != nil {
		return nil, fmt.Errorf("client certificate %s: %w", cred.Cert, err)
	}
	return &clientCert{pair: pair, late: late}, nil
}

func (c *clientCert) configure(conf *tls.Config) {
	conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		c.asked.Store(true)
		return &c.pair, nil
	}
	if c.late {
		conf.MaxVersion = tls.VersionTLS12
		conf.Renegotiation = tls.RenegotiateOnceAsClient
	}
}
