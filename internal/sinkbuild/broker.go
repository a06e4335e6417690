package sinkbuild

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// brokersOf returns what a consumer asks before each dial: the brokers with
// passwords and certificates as their files hold them at that moment.
func brokersOf(c *config.Broker) func(context.Context) ([]broker.Address, error) {
	return func(context.Context) ([]broker.Address, error) {
		var brokers []broker.Address
		for _, at := range c.Addresses() {
			b, err := brokerAt(c, at)
			if err != nil {
				return nil, err
			}
			brokers = append(brokers, b)
		}
		return brokers, nil
	}
}

func brokerAt(c *config.Broker, at values.BrokerURL) (broker.Address, error) {
	b := broker.Address{URL: bareURL(at), External: c.Auth == config.AuthExternal}
	var err error
	if b.Username, b.Password, err = c.Credentials(at); err != nil {
		return b, err
	}
	if at.Secure() {
		b.TLS, err = TlsConfig(&c.TLS, "broker.tls")
	}
	return b, err
}

// bareURL returns an address without user and password, which are passed separately.
func bareURL(at values.BrokerURL) string {
	scheme := "amqp://"
	if at.Secure() {
		scheme = "amqps://"
	}
	return scheme + at.Address() + "/" + url.PathEscape(at.Vhost())
}

// TlsConfig reads the files of a TLS configuration, whose name is for errors.
func TlsConfig(c *values.TLS, name string) (*tls.Config, error) {
	t := &tls.Config{
		ServerName:         c.ServerName,
		MinVersion:         c.MinVersion.Number(),
		InsecureSkipVerify: c.InsecureSkipVerify, // only where the operator says so
	}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("%s.ca_file: %w", name, err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New(name + ".ca_file: " + c.CAFile + " holds no PEM certificate")
		}
	}
	if c.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("%s.cert_file and key_file: %w", name, err)
		}
		t.Certificates = []tls.Certificate{cert}
	}
	return t, nil
}
