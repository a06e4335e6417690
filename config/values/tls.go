package values

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// TLSVersion is a version of TLS: "1.2" or "1.3".
type TLSVersion string

// The versions of TLS.
const (
	TLS12 TLSVersion = "1.2"
	TLS13 TLSVersion = "1.3"
)

// Number returns the version as a constant of crypto/tls.
func (v TLSVersion) Number() uint16 {
	if v == TLS13 {
		return tls.VersionTLS13
	}
	return tls.VersionTLS12
}

// TLS configures the certificates of a TLS connection.
type TLS struct {
	CAFile             string     `yaml:"ca_file" format:"path" doc:"The PEM file of the certificate authorities that may have signed the server's certificate." derived:"the system's authorities" example:"/etc/kojiwatch/ca.pem"`
	CertFile           string     `yaml:"cert_file" format:"path" doc:"The PEM file of the client certificate, with its chain." example:"/etc/kojiwatch/client.pem"`
	KeyFile            string     `yaml:"key_file" format:"path" doc:"The PEM file of the client certificate's key." example:"/etc/kojiwatch/client.key"`
	ServerName         string     `yaml:"server_name" doc:"The name that the server's certificate must have." derived:"the host in the URL" example:"rabbitmq.example.com"`
	MinVersion         TLSVersion `yaml:"min_version" default:"1.2" enum:"1.2,1.3" doc:"The oldest version of TLS to use."`
	InsecureSkipVerify bool       `yaml:"insecure_skip_verify" default:"false" doc:"Accept any certificate. Anyone on the network path can then read the password and forge messages; use it for tests only."`
}

// Client reads the files and returns the configuration of a TLS client. The name of the key
// is for errors.
func (c *TLS) Client(key string) (*tls.Config, error) {
	t := &tls.Config{
		ServerName:         c.ServerName,
		MinVersion:         c.MinVersion.Number(),
		InsecureSkipVerify: c.InsecureSkipVerify, // only if configured
	}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("%s.ca_file: %w", key, err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s.ca_file: %s holds no PEM certificate", key, c.CAFile)
		}
	}
	if c.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("%s.cert_file and key_file: %w", key, err)
		}
		t.Certificates = []tls.Certificate{cert}
	}
	return t, nil
}
