// Package broker connects to AMQP 0-9-1 brokers: it dials and logs in, bounds the time of
// every request, declares queues and classifies failures.
package broker

import (
	"cmp"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Address is the address of a broker with the credentials for it.
type Address struct {
	// URL is amqp[s]://[user[:password]@]host[:port][/vhost], percent-encoded. Without a
	// path the virtual host is "/".
	URL string
	// Username and Password override those in URL unless empty.
	Username, Password string
	// External logs in with the client certificate (SASL EXTERNAL) instead of
	// user name and password (SASL PLAIN).
	External bool
	// TLS is for amqps. Default: the system's authorities, TLS 1.2 or later.
	TLS *tls.Config
}

// String returns the address, without user and password.
func (a Address) String() string {
	e, err := a.endpoint()
	if err != nil {
		return "(invalid broker URL)"
	}
	return e.String()
}

// GoString returns the same as String, so that no formatting shows a password.
func (a Address) GoString() string { return a.String() }

// endpoint is a parsed Address.
type endpoint struct {
	secure                    bool
	host, port                string
	vhost, username, password string
}

func (e *endpoint) String() string {
	u := url.URL{Scheme: "amqp", Host: net.JoinHostPort(e.host, e.port)}
	if e.secure {
		u.Scheme = "amqps"
	}
	return u.String() + "/" + url.PathEscape(e.vhost)
}

// errBrokerURL does not include the parser's error, which may quote a part of the password.
var errBrokerURL = errors.New("broker URL: not of the form amqps://user:password@host:port/vhost; " +
	"reserved characters in user name, password and virtual host must be percent-encoded")

// endpoint parses the URL; its errors quote nothing of it.
func (a Address) endpoint() (*endpoint, error) {
	uri, err := amqp.ParseURI(a.URL)
	if err != nil {
		return nil, errBrokerURL
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return nil, errBrokerURL
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("broker URL: nothing may follow ? or #; these, if part of a password, must be percent-encoded")
	}
	if strings.Contains(u.EscapedPath(), "@") {
		return nil, errBrokerURL // a / in the password made its rest a path
	}
	e := &endpoint{
		secure:   uri.Scheme == "amqps",
		host:     uri.Host,
		port:     strconv.Itoa(uri.Port),
		vhost:    uri.Vhost,
		username: uri.Username,
		password: uri.Password,
	}
	if _, ok := u.User.Password(); !ok && (u.User != nil || a.Username != "") {
		e.password = "" // not the client library's default
	}
	e.username = cmp.Or(a.Username, e.username)
	e.password = cmp.Or(a.Password, e.password)
	return e, nil
}
