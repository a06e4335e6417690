// Package broker connects to AMQP 0-9-1 brokers: it dials and logs in, bounds every
// exchange, declares queues and tells why something failed.
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

// Address tells where to reach a broker and how to log in there.
type Address struct {
	// URL is amqp[s]://[user[:password]@]host[:port][/vhost], parts percent-
	// encoded. No path is the virtual host "/".
	URL string
	// Username and Password, where not empty, go before those in URL.
	Username, Password string
	// External logs in with the client certificate (SASL EXTERNAL) in place of
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

// GoString returns what String does: no formatting shows a password.
func (a Address) GoString() string { return a.String() }

// endpoint is the URL of an Address taken apart.
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

// errBrokerURL tells little on purpose: what the parser complains about may be a
// piece of the password.
var errBrokerURL = errors.New("broker URL: not of the form amqps://user:password@host:port/vhost; " +
	"reserved characters in user name, password and virtual host must be percent-encoded")

// endpoint takes the URL apart; its errors show nothing of it.
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
