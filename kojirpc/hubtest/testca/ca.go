// Package testca makes X.509 certificates for tests: of an authority, of servers and of
// clients, valid and expired. Do not use them for anything else: the certificates are
// short-lived and the keys are kept in plain files.
package testca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Life is the validity period of a certificate, which starts an hour before its creation.
const Life = 24 * time.Hour

// CA is a certificate authority in memory. It is safe for concurrent use.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

// Pair is a certificate with its key.
type Pair struct {
	Cert *x509.Certificate
	Key  *ecdsa.PrivateKey
	TLS  tls.Certificate // both, for crypto/tls
}

// New returns a new authority. Authorities of the same name have different keys.
func New(name string) (*CA, error) {
	tmpl, err := template(name)
	if err != nil {
		return nil, err
	}
	tmpl.IsCA = true
	tmpl.BasicConstraintsValid = true
	tmpl.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("testca: %w", err)
	}
	cert, err := sign(tmpl, tmpl, key, key)
	if err != nil {
		return nil, err
	}
	return &CA{cert: cert, key: key, pem: certPEM(cert)}, nil
}

// Option changes a certificate before it is signed.
type Option func(*x509.Certificate)

// Expired makes a certificate that expired a minute ago.
func Expired() Option {
	return func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }
}

// Server issues the certificate of a server. Names are host names and IP addresses; the
// first is also the common name.
func (ca *CA) Server(names []string, opts ...Option) (*Pair, error) {
	return ca.issue(names[0], append(opts, func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		for _, name := range names {
			if ip := net.ParseIP(name); ip != nil {
				c.IPAddresses = append(c.IPAddresses, ip)
			} else {
				c.DNSNames = append(c.DNSNames, name)
			}
		}
	}))
}

// Client issues the certificate of a user. A hub uses the common name as the user's name.
func (ca *CA) Client(user string, opts ...Option) (*Pair, error) {
	return ca.issue(user, append(opts, func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}))
}

// Pool returns a pool with the authority's certificate.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	return pool
}

// PEM returns the authority's certificate.
func (ca *CA) PEM() []byte { return ca.pem }

// WriteFile writes the authority's certificate to dir/ca.crt and returns the
// path.
func (ca *CA) WriteFile(dir string) (string, error) {
	return writeFile(filepath.Join(dir, "ca.crt"), ca.pem)
}

// PEM returns the certificate followed by its key, as in the files of Koji's clients.
func (p *Pair) PEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(p.Key)
	if err != nil {
		return nil, fmt.Errorf("testca: %w", err)
	}
	return append(certPEM(p.Cert), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...), nil
}

// WriteFile writes the certificate and its key to one file dir/name.pem and
// returns the path. Only its owner can read it.
func (p *Pair) WriteFile(dir, name string) (string, error) {
	data, err := p.PEM()
	if err != nil {
		return "", err
	}
	return writeFile(filepath.Join(dir, name+".pem"), data)
}

func (ca *CA) issue(name string, opts []Option) (*Pair, error) {
	tmpl, err := template(name)
	if err != nil {
		return nil, err
	}
	for _, o := range opts {
		o(tmpl)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("testca: %w", err)
	}
	cert, err := sign(tmpl, ca.cert, key, ca.key)
	if err != nil {
		return nil, err
	}
	return &Pair{Cert: cert, Key: key, TLS: tls.Certificate{
		Certificate: [][]byte{cert.Raw},
		PrivateKey:  key,
		Leaf:        cert,
	}}, nil
}

func template(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("testca: %w", err)
	}
	begin := time.Now().Add(-time.Hour)
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Koji Lab"}},
		NotBefore:    begin,
		NotAfter:     begin.Add(Life),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}, nil
}

func sign(tmpl, parent *x509.Certificate, key, by *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), by)
	if err != nil {
		return nil, fmt.Errorf("testca: sign %s: %w", tmpl.Subject, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("testca: %w", err)
	}
	return cert, nil
}

func certPEM(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}

func writeFile(path string, data []byte) (string, error) {
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", fmt.Errorf("testca: %w", err)
	}
	return path, nil
}
