package config

import (
	"time"

	"github.com/kojiwatch/kojiwatch/config/values"
)

// AuthMechanism is the SASL mechanism for logging in to the broker.
type AuthMechanism string

// The mechanisms.
const (
	AuthPlain    AuthMechanism = "plain"
	AuthExternal AuthMechanism = "external"
)

// Broker configures the connection to the broker.
type Broker struct {
	URL            values.BrokerURL   `yaml:"url" oneof:"address" doc:"The broker's address. It may contain a password, but password_file is safer." example:"amqps://kojiwatch@rabbitmq.example.com:5671/koji"`
	URLs           []values.BrokerURL `yaml:"urls" oneof:"address" doc:"The addresses of a cluster's nodes, tried one after the other." example:"[amqps://one.example.com/koji, amqps://two.example.com/koji]"`
	Username       string             `yaml:"username" doc:"The user to log in as; overrides the one in the URL." derived:"the one in the URL, else guest" example:"kojiwatch"`
	Password       values.Secret      `yaml:"password" doc:"The user's password; overrides the one in the URL." derived:"the one in the URL" example:"${KOJIWATCH_PASSWORD}"`
	Auth           AuthMechanism      `yaml:"auth" default:"plain" enum:"plain,external" doc:"How to log in: plain sends user and password, external uses the client certificate (SASL EXTERNAL)."`
	Heartbeat      time.Duration      `yaml:"heartbeat" default:"30s" min:"1s" max:"65535s" doc:"The heartbeat proposed to the broker, in whole seconds. A connection that is silent for about twice as long is considered dead."`
	DialTimeout    time.Duration      `yaml:"dial_timeout" default:"15s" min:"1ms" max:"10m" doc:"How long connecting may take, including TLS and login."`
	RPCTimeout     time.Duration      `yaml:"rpc_timeout" default:"30s" min:"1ms" max:"10m" doc:"How long the broker may take to answer a request, such as declaring a queue."`
	ConnectionName string             `yaml:"connection_name" default:"kojiwatch" doc:"The name of the connection on the broker's management pages."`
	TLS            values.TLS         `yaml:"tls" doc:"TLS for the broker, with amqps URLs. Files are read again at each connection, so they may be renewed in place."`
}

// Addresses returns the broker's addresses in the order in which to try them.
func (b *Broker) Addresses() []values.BrokerURL {
	if b.URL.IsSet() {
		return []values.BrokerURL{b.URL}
	}
	return b.URLs
}

// Credentials returns the user and password for one of the broker's addresses. The keys of
// the broker take precedence over the URL; the default is guest with password guest, as in
// RabbitMQ's URIs. With EXTERNAL both are empty. The only possible error is a failure to
// read a password file, which is read at each call.
func (b *Broker) Credentials(at values.BrokerURL) (username, password string, err error) {
	if b.Auth == AuthExternal {
		return "", "", nil
	}
	username = b.Username
	if username == "" {
		username = at.Username()
	}
	password, given := at.RevealPassword()
	if b.Password.IsSet() {
		password, err = b.Password.Reveal()
		return username, password, err
	}
	if username == "" && !given {
		return "guest", "guest", nil
	}
	return username, password, nil
}
