package hubtest

import (
	"net/http"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
)

// The defaults for Options.
const (
	// Version is the hub's version.
	Version = "1.35.3"
	// MaxRequest is the maximum size of a request, in bytes.
	MaxRequest = 4 << 20
	// KeepAlive is how long an idle connection stays open.
	KeepAlive = 5 * time.Second
	// KeepAliveRequests is the maximum number of requests on a connection.
	KeepAliveRequests = 100
)

// Options configure a hub. The zero value is a hub 1.35 without data, with the default
// configuration of Koji's packages.
type Options struct {
	Data dataset.Data

	// Clock is the hub's clock; nil means time.Now.
	Clock func() time.Time
	// Version is returned by getKojiVersion and the header Koji-Version; "" means
	// the constant Version. Before 1.35 there is no header.
	Version string

	// DisableURLSessions ignores sessions in the query of the URL.
	DisableURLSessions bool
	// URLSessionsOnly models a hub before 1.31, which does not support sessions in
	// headers.
	URLSessionsOnly bool
	// OldCallnumHeader models a hub 1.31 to 1.34, which expects the call number in
	// the header Koji-Callnum. Koji's client does not send that header, so the
	// number is not checked.
	OldCallnumHeader bool
	// NoAverageAge models a hub before 1.23, whose getAverageBuildDuration has no
	// parameter age.
	NoAverageAge bool
	// SessionLife is how long a session lasts until it expires; 0 means forever.
	SessionLife time.Duration
	// ProxyUsers are the principals and the distinguished names of the users who
	// may log in as another user.
	ProxyUsers []string
	// KnownUsersOnly rejects logins of unknown users. Otherwise a login creates an
	// account.
	KnownUsersOnly bool

	// Identify returns the sender of a login request, as identified by the web
	// server in front of the hub; nil uses the connection's client certificate.
	Identify func(*http.Request) Identity
	// Negotiate checks a GSSAPI token. If it is set, login requests without a token
	// are answered with status 401.
	Negotiate func(token []byte) (principal string, err error)
	// CertPerLocation requests a client certificate only at the URL for logins, like
	// Koji's sample configuration of Apache. With TLS 1.3, neither Go clients nor
	// this server support that: logins are answered with status 403.
	CertPerLocation bool

	// Debug sends Python's tracebacks instead of messages.
	Debug bool
	// Gzip compresses answers for clients that accept it.
	Gzip bool
	// MaxRequest is in bytes; 0 means the constant MaxRequest.
	MaxRequest int
	// KeepAlive and KeepAliveRequests are for servers started by Listen; 0 means the
	// constant of the same name.
	KeepAlive         time.Duration
	KeepAliveRequests int

	// Seed seeds session keys and random failures.
	Seed uint64
	// Wrap, if set, wraps the hub's handler in servers started by Listen.
	Wrap func(http.Handler) http.Handler
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	dataset.Either(&o.Version, Version)
	dataset.Either(&o.MaxRequest, MaxRequest)
	dataset.Either(&o.KeepAlive, KeepAlive)
	dataset.Either(&o.KeepAliveRequests, KeepAliveRequests)
	if o.Identify == nil {
		o.Identify = CertIdentity
	}
	return o
}
