package sinkbuild

import (
	"context"
	"net/url"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// brokersOf returns a function that is called before each dial. It reads passwords and
// certificates from their files, so that changed files take effect.
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
		b.TLS, err = c.TLS.Client("broker.tls")
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
