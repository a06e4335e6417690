package consumer

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

// Broker is one address to reach and how to log in there.
type Broker struct {
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

// String is the address, without user and password.
func (b Broker) String() string {
	a, err := b.address()
	if err != nil {
		return "(invalid broker URL)"
	}
	return a.String()
}

// GoString is String: no formatting shows a password.
func (b Broker) GoString() string { return b.String() }

// address is a Broker's URL taken apart.
type address struct {
	secure                    bool
	host, port                string
	vhost, username, password string
}

func (a *address) String() string {
	u := url.URL{Scheme: "amqp", Host: net.JoinHostPort(a.host, a.port)}
	if a.secure {
		u.Scheme = "amqps"
	}
	return u.String() + "/" + url.PathEscape(a.vhost)
}

// errBrokerURL says little on purpose: what the parser complains about may be a
// piece of the password.
var errBrokerURL = errors.New("broker URL: not of the form amqps://user:password@host:port/vhost; " +
	"reserved characters in user name, password and virtual host must be percent-encoded")

// address takes the URL apart; its errors show nothing of it.
func (b Broker) address() (*address, error) {
	uri, err := amqp.ParseURI(b.URL)
	if err != nil {
		return nil, errBrokerURL
	}
	u, err := url.Parse(b.URL)
	if err != nil {
		return nil, errBrokerURL
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("broker URL: nothing may follow ? or #; these, if part of a password, must be percent-encoded")
	}
	if strings.Contains(u.EscapedPath(), "@") {
		return nil, errBrokerURL // a / in the password made its rest a path
	}
	a := &address{
		secure:   uri.Scheme == "amqps",
		host:     uri.Host,
		port:     strconv.Itoa(uri.Port),
		vhost:    uri.Vhost,
		username: uri.Username,
		password: uri.Password,
	}
	if _, ok := u.User.Password(); !ok && (u.User != nil || b.Username != "") {
		a.password = "" // not the client library's default
	}
	a.username = cmp.Or(b.Username, a.username)
	a.password = cmp.Or(b.Password, a.password)
	return a, nil
}
