package hubtest

import (
	"net/http"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
)

// What the zero values of Options stand for.
const (
	// Version is the hub's version.
	Version = "1.35.3"
	// MaxRequest is the longest request that is read, in bytes.
	MaxRequest = 4 << 20
	// KeepAlive is how long a connection stays open without a request.
	KeepAlive = 5 * time.Second
	// KeepAliveRequests is how many requests a connection takes.
	KeepAliveRequests = 100
)

// Options say how a hub is set up. The zero value is a hub 1.35 without data as
// Koji's packages install it.
type Options struct {
	Data dataset.Data

	// Clock is the hub's; nil is time.Now.
	Clock func() time.Time
	// Version is returned by getKojiVersion and the header Koji-Version; "" is the
	// constant Version. Before 1.35 there is no header.
	Version string

	// DisableURLSessions has sessions in the query of the URL be ignored.
	DisableURLSessions bool
	// URLSessionsOnly is a hub before 1.31: it knows no session headers, and
	// logins do not offer them.
	URLSessionsOnly bool
	// OldCallnumHeader is a hub 1.31 to 1.34: it looks for the call number in
	// the header Koji-Callnum, which no client sends, and so checks none.
	OldCallnumHeader bool
	// NoAverageAge is a hub before 1.23: getAverageBuildDuration takes no age.
	NoAverageAge bool
	// SessionLife is after how long a session expires; 0 is never.
	SessionLife time.Duration
	// ProxyUsers are the principals and the distinguished names of those who
	// may log in as another user.
	ProxyUsers []string
	// KnownUsersOnly turns unknown users away, for whom a login makes an account
	// otherwise.
	KnownUsersOnly bool

	// Identify says who sent a request to log in, as the web server before the
	// hub has found out; nil takes the client certificate of the connection.
	Identify func(*http.Request) Identity
	// Negotiate checks a GSSAPI token; with it, requests to log in without one
	// are sent back with status 401.
	Negotiate func(token []byte) (principal string, err error)
	// CertPerLocation asks for a client certificate only where one logs in, as
	// Koji's sample configuration of Apache does. Under TLS 1.3 that works with
	// no client written in Go, nor with this server: logins get status 403.
	CertPerLocation bool

	// Debug puts Python's tracebacks in the place of messages.
	Debug bool
	// Gzip compresses answers for those who take them so.
	Gzip bool
	// MaxRequest is in bytes; 0 is the constant MaxRequest.
	MaxRequest int
	// KeepAlive and KeepAliveRequests are for servers that Listen starts; 0 is
	// the constant of the same name.
	KeepAlive         time.Duration
	KeepAliveRequests int

	// Seed is for session keys and for failures that come by chance.
	Seed uint64
	// Wrap puts a handler in front of the hub in servers that Listen starts; nil
	// puts none.
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
