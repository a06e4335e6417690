package values

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// BrokerURL is the address of an AMQP broker, amqp://user:password@host:port/vhost
// as in RabbitMQ's URI specification. Its password is always printed as ***. The zero value
// means no address.
type BrokerURL struct {
	// A closure keeps the password from printers that walk memory by reflection.
	password func() (text string, given bool)
	user     string
	host     string
	port     int
	vhost    string
	secure   bool
}

const (
	amqpPort  = 5672
	amqpsPort = 5671
)

var (
	errURLForm   = errors.New("is not a broker URL; write it like amqps://user@host:5671/vhost (in a user, password or vhost, write / as %2F, @ as %40, : as %3A, # as %23, ? as %3F), and better keep the password in a key of its own")
	errURLScheme = errors.New("is not a broker URL; it must begin with amqp:// or amqps://")
	errURLHost   = errors.New("is a broker URL without a usable host; write it like amqps://host:5671/vhost")
	errURLPort   = errors.New("is a broker URL with an impossible port; ports go from 1 to 65535")
	errURLQuery  = errors.New("is a broker URL with a query; what RabbitMQ takes after the ? has keys of its own here, such as heartbeat and tls")
	errURLVhost  = errors.New("is a broker URL with more than one / after the host; write a / within the vhost as %2F")
)

// ParseBrokerURL parses the address of a broker. The default port is 5672, or 5671 for
// amqps; the default vhost is "/". Its error messages continue a sentence that begins with
// the name of the value. They do not repeat raw, which may contain a password.
func ParseBrokerURL(raw string) (BrokerURL, error) {
	scheme, rest, found := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	if !found || scheme != "amqp" && scheme != "amqps" {
		return BrokerURL{}, errURLScheme
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return BrokerURL{}, errURLForm
	}
	// An @ that url.Parse would take for part of the path belongs to a password with an
	// unescaped / ? or #, which would then be printed as a path.
	authority := rest[:strings.LastIndexByte(rest, '@')+1]
	if strings.ContainsAny(authority, "/?#") {
		return BrokerURL{}, errURLForm
	}
	parsed, err := url.Parse(raw)
	if err != nil || parsed.Opaque != "" || parsed.Fragment != "" {
		return BrokerURL{}, errURLForm // url.Parse's own error repeats the URL
	}
	if parsed.RawQuery != "" || parsed.ForceQuery {
		return BrokerURL{}, errURLQuery
	}
	return newBrokerURL(parsed, scheme == "amqps")
}

func newBrokerURL(parsed *url.URL, secure bool) (BrokerURL, error) {
	u := BrokerURL{host: parsed.Hostname(), port: amqpPort, vhost: "/", secure: secure}
	if secure {
		u.port = amqpsPort
	}
	if u.host == "" || strings.ContainsFunc(u.host, func(r rune) bool { return r <= ' ' || r >= unicode.MaxASCII }) {
		return BrokerURL{}, errURLHost
	}
	if text := parsed.Port(); text != "" || strings.HasSuffix(parsed.Host, ":") {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return BrokerURL{}, errURLPort
		}
		u.port = int(port)
	}
	if path := strings.TrimPrefix(parsed.EscapedPath(), "/"); path != "" {
		vhost, err := url.PathUnescape(path)
		if err != nil || strings.Contains(path, "/") {
			return BrokerURL{}, errURLVhost
		}
		u.vhost = vhost
	}
	if password, given := parsed.User.Password(); given {
		u.password = func() (string, bool) { return password, true }
	}
	u.user = parsed.User.Username()
	return u, nil
}

// IsSet reports whether there is an address.
func (u BrokerURL) IsSet() bool { return u.host != "" }

// Secure reports whether the URL asks for TLS (amqps).
func (u BrokerURL) Secure() bool { return u.secure }

// Host returns the host's name or IP address, without port or brackets.
func (u BrokerURL) Host() string { return u.host }

// Address returns host:port for dialling.
func (u BrokerURL) Address() string { return net.JoinHostPort(u.host, strconv.Itoa(u.port)) }

// Vhost returns the broker's virtual host.
func (u BrokerURL) Vhost() string { return u.vhost }

// Username returns the user in the URL, or "".
func (u BrokerURL) Username() string { return u.user }

// RevealPassword returns the password in the URL and whether there is one.
func (u BrokerURL) RevealPassword() (password string, given bool) {
	if u.password == nil {
		return "", false
	}
	return u.password()
}

// String returns the URL with *** for its password.
func (u BrokerURL) String() string {
	if !u.IsSet() {
		return ""
	}
	var text strings.Builder
	text.WriteString("amqp")
	if u.secure {
		text.WriteString("s")
	}
	text.WriteString("://")
	if _, given := u.RevealPassword(); given {
		fmt.Fprintf(&text, "%s:%s@", url.User(u.user), Redacted)
	} else if u.user != "" {
		fmt.Fprintf(&text, "%s@", url.User(u.user))
	}
	text.WriteString(u.Address())
	text.WriteString("/" + url.PathEscape(u.vhost))
	return text.String()
}

// GoString returns the same as [BrokerURL.String].
func (u BrokerURL) GoString() string { return u.String() }

// Format prints the same as [BrokerURL.String] under every verb.
func (u BrokerURL) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, u.String()) }

// MarshalText returns the same as [BrokerURL.String], for JSON, YAML and loggers.
func (u BrokerURL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Equal reports whether two addresses are the same, passwords included.
func (u BrokerURL) Equal(other BrokerURL) bool {
	password, given := u.RevealPassword()
	otherPassword, otherGiven := other.RevealPassword()
	u.password, other.password = nil, nil
	return reflect.DeepEqual(u, other) && password == otherPassword && given == otherGiven
}
