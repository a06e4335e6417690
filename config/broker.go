package config

import (
	"crypto/tls"
	"time"
)

// AuthMechanism is how kojiwatch logs in at the broker: a SASL mechanism.
type AuthMechanism string

// The ways to log in at the broker.
const (
	AuthPlain    AuthMechanism = "plain"
	AuthExternal AuthMechanism = "external"
)

// Broker says where the broker is and how to log in there.
type Broker struct {
	URL            BrokerURL     `yaml:"url" oneof:"address" doc:"The broker's address. A password in it is possible, but better kept in a key of its own." example:"amqps://kojiwatch@rabbitmq.example.com:5671/koji"`
	URLs           []BrokerURL   `yaml:"urls" oneof:"address" doc:"The addresses of a cluster's nodes, tried one after the other." example:"[amqps://one.example.com/koji, amqps://two.example.com/koji]"`
	Username       string        `yaml:"username" doc:"The user to log in as; beats the one in the URL." derived:"the one in the URL, else guest" example:"kojiwatch"`
	Password       Secret        `yaml:"password" doc:"The user's password; beats the one in the URL." derived:"the one in the URL" example:"${KOJIWATCH_PASSWORD}"`
	Auth           AuthMechanism `yaml:"auth" default:"plain" enum:"plain,external" doc:"How to log in: plain sends user and password, external lets the client certificate speak (SASL EXTERNAL)."`
	Heartbeat      time.Duration `yaml:"heartbeat" default:"30s" min:"1s" max:"65535s" doc:"The heartbeat proposed to the broker, in whole seconds. A connection silent for about twice as long is taken for dead."`
	DialTimeout    time.Duration `yaml:"dial_timeout" default:"15s" min:"1ms" max:"10m" doc:"How long connecting may take, TLS and login included."`
	RPCTimeout     time.Duration `yaml:"rpc_timeout" default:"30s" min:"1ms" max:"10m" doc:"How long the broker may take to answer a request, such as declaring a queue."`
	ConnectionName string        `yaml:"connection_name" default:"kojiwatch" doc:"The name the connection has in the broker's management pages."`
	TLS            TLS           `yaml:"tls" doc:"TLS towards the broker, for amqps URLs. Files are read again at each connection, so they may be renewed in place."`
}

// Addresses returns the broker's addresses in the order in which to try them.
func (b *Broker) Addresses() []BrokerURL {
	if b.URL.IsSet() {
		return []BrokerURL{b.URL}
	}
	return b.URLs
}

// Credentials returns what to log in with at one of the broker's addresses: the
// broker's own keys before what the URL holds, and guest with password guest
// where nothing is said, as RabbitMQ's URIs have it. With EXTERNAL both are
// empty. A password in a file is read anew; failing that is the only error.
func (b *Broker) Credentials(at BrokerURL) (username, password string, err error) {
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

// TLSVersion is a version of TLS: "1.2" or "1.3".
type TLSVersion string

// The versions of TLS.
const (
	TLS12 TLSVersion = "1.2"
	TLS13 TLSVersion = "1.3"
)

// Number returns the version as crypto/tls counts it.
func (v TLSVersion) Number() uint16 {
	if v == TLS13 {
		return tls.VersionTLS13
	}
	return tls.VersionTLS12
}

// TLS says how a server proves itself and how kojiwatch does.
type TLS struct {
	CAFile             string     `yaml:"ca_file" format:"path" doc:"The PEM file of the certificate authorities that may have signed the server's certificate." derived:"the system's authorities" example:"/etc/kojiwatch/ca.pem"`
	CertFile           string     `yaml:"cert_file" format:"path" doc:"The PEM file of the client certificate, with its chain." example:"/etc/kojiwatch/client.pem"`
	KeyFile            string     `yaml:"key_file" format:"path" doc:"The PEM file of the client certificate's key." example:"/etc/kojiwatch/client.key"`
	ServerName         string     `yaml:"server_name" doc:"The name the server's certificate must be for." derived:"the host in the URL" example:"rabbitmq.example.com"`
	MinVersion         TLSVersion `yaml:"min_version" default:"1.2" enum:"1.2,1.3" doc:"The oldest version of TLS to speak."`
	InsecureSkipVerify bool       `yaml:"insecure_skip_verify" default:"false" doc:"Take any certificate from anyone. Whoever sits on the wire can then read the password and forge messages; for trying things out only."`
}
