package kojirpc

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Options configure a [Client]. A zero value means the default.
type Options struct {
	// Server is the URL of the hub's XML-RPC endpoint, such as
	// https://koji.example.com/kojihub. It has no default.
	Server string
	// WebURL and TopURL are the addresses of kojiweb and of the file server.
	// With them, [API.Lookup] refuses URLs of other systems.
	WebURL, TopURL string

	// TLS configures the verification of the hub's certificate. Default: verify
	// it with the system's authorities.
	TLS TLS
	// UserAgent is the User-Agent header, such as "mytool/1.0". Default: the name
	// and version of the program's main package.
	UserAgent string
	// Timeout bounds one request, from sending it to the end of the answer.
	// The context of a call bounds the whole call. Default: 5 min.
	Timeout time.Duration
	// AuthTimeout is the timeout of a login request. Default: 60 s.
	AuthTimeout time.Duration
	// MaxInFlight is the maximum number of concurrent requests to the hub, of the
	// client and its sessions together. Default: 4.
	MaxInFlight int
	// Limits bound an answer of the hub, in bytes (after decompression), depth
	// and number of values. Defaults: those of package xmlrpc.
	Limits xmlrpc.Limits
	// Batching configures how calls that only read are gathered into multiCalls.
	Batching Batching
	// Retry configures how requests are retried.
	Retry Retry
	// Breaker configures the circuit breaker for a hub that fails.
	Breaker Breaker
	// Notify, if set, is called for events such as retries, logins and outages.
	// It may be called from several goroutines at once and must not block.
	Notify func(Notice)
	// Observe, if set, is called for each request that was sent, with its
	// duration and error. It may be called from several goroutines at once and
	// must not block.
	Observe func(took time.Duration, err error)

	// Proxy returns the proxy for a request. Default: http.ProxyFromEnvironment.
	Proxy func(*http.Request) (*url.URL, error)
}

// TLS configures the verification of the hub's certificate.
type TLS struct {
	// ServerCA is the path of a PEM file with the authorities to trust instead
	// of the system's. It is read again for each login, and when the hub's
	// certificate is not trusted.
	ServerCA string
	// RootCAs are the authorities to trust, instead of those in ServerCA.
	RootCAs *x509.CertPool
	// NoVerify disables verification: any server can then pose as the hub.
	NoVerify bool
}

// Batching configures how calls that only read are gathered into multiCalls.
type Batching struct {
	// Off sends each call alone. A [Batch] is not affected.
	Off bool
	// Window is how long a call that could be sent immediately waits for others.
	// Default: 2 ms.
	Window time.Duration
	// Size is the maximum number of calls in a request. Default: 100.
	Size int
	// Bytes is the maximum size of a request; further calls go into the next one.
	// Hubs refuse requests beyond 4 MiB (MaxRequestLength). Default: 1 MiB.
	Bytes int
	// ReadOnly lists further methods that change nothing, such as those of a
	// hub's plugins. They may be gathered and retried.
	ReadOnly []string
}

// Retry configures how requests are retried. The pauses have full jitter: each is
// random, between zero and a ceiling that doubles from First to Last.
type Retry struct {
	// Max is the maximum number of retries of a request. Default: 4. Negative:
	// none.
	Max int
	// First and Last are the ceilings of the first and of the longest pause.
	// Defaults: 0.5 s and 20 s.
	First, Last time.Duration
	// Offline keeps retrying, without counting, while the hub says that it is
	// offline.
	Offline bool
}

// Breaker configures the circuit breaker. While it is open, calls fail at once with
// an [*UnavailableError].
type Breaker struct {
	// Off disables the circuit breaker.
	Off bool
	// Failures is the number of consecutive failed requests that open the circuit
	// breaker. A fault is not a failure, unless it says that the hub is offline.
	// Default: 5.
	Failures int
	// First and Last are the first and the longest time for which the circuit
	// breaker stays open; then one request tests the hub. Defaults: 1 s and 60 s.
	First, Last time.Duration
	// Patience is how long a request must have been unanswered to count as a
	// failure when its caller gives up. Default: 2 s.
	Patience time.Duration
}

// setDefaults replaces zero values with the defaults.
func (o *Options) setDefaults() {
	o.UserAgent = cmp.Or(o.UserAgent, defaultUserAgent())
	o.Timeout = cmp.Or(o.Timeout, 5*time.Minute)
	o.AuthTimeout = cmp.Or(o.AuthTimeout, time.Minute)
	o.MaxInFlight = cmp.Or(o.MaxInFlight, 4)
	o.Limits.Bytes = cmp.Or(o.Limits.Bytes, xmlrpc.DefaultBytes)
	o.Batching.Window = cmp.Or(o.Batching.Window, 2*time.Millisecond)
	o.Batching.Size = cmp.Or(o.Batching.Size, 100)
	o.Batching.Bytes = cmp.Or(o.Batching.Bytes, 1<<20)
	o.Retry.Max = cmp.Or(o.Retry.Max, 4)
	o.Retry.First = cmp.Or(o.Retry.First, 500*time.Millisecond)
	o.Retry.Last = cmp.Or(o.Retry.Last, 20*time.Second)
	o.Breaker.Failures = cmp.Or(o.Breaker.Failures, 5)
	o.Breaker.First = cmp.Or(o.Breaker.First, time.Second)
	o.Breaker.Last = cmp.Or(o.Breaker.Last, time.Minute)
	o.Breaker.Patience = cmp.Or(o.Breaker.Patience, 2*time.Second)
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	if o.Notify == nil {
		o.Notify = func(Notice) {}
	}
	if o.Observe == nil {
		o.Observe = func(time.Duration, error) {}
	}
}

// defaultUserAgent returns the name and version of the running program.
func defaultUserAgent() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path == "" {
		return "kojirpc"
	}
	name := path.Base(info.Path)
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return name + "/" + v
	}
	return name
}

// check returns all invalid options as one error.
func (o *Options) check() error {
	var errs []error
	complain := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	complain(o.MaxInFlight < 1, "max in flight %d is less than 1", o.MaxInFlight)
	complain(o.Timeout < 0, "timeout %s is negative", o.Timeout)
	complain(o.AuthTimeout < 0, "auth timeout %s is negative", o.AuthTimeout)
	complain(o.Limits.Bytes < 1, "limit of bytes %d is less than 1", o.Limits.Bytes)
	complain(o.Batching.Window < 0, "batching window %s is negative", o.Batching.Window)
	complain(o.Batching.Size < 1, "batching size %d is less than 1", o.Batching.Size)
	complain(o.Batching.Bytes < 1, "batching bytes %d is less than 1", o.Batching.Bytes)
	complain(o.Retry.First < 0 || o.Retry.Last < o.Retry.First, "retry pauses from %s to %s", o.Retry.First, o.Retry.Last)
	complain(o.Breaker.Failures < 1, "breaker failures %d is less than 1", o.Breaker.Failures)
	complain(o.Breaker.First < 0 || o.Breaker.Last < o.Breaker.First, "breaker pauses from %s to %s", o.Breaker.First, o.Breaker.Last)
	complain(strings.ContainsFunc(o.UserAgent, isControl), "the user agent contains a control character")
	return errors.Join(errs...)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// parseServer parses the URL of a hub.
func parseServer(server string) (*url.URL, error) {
	if server == "" {
		return nil, errors.New("no server: give the URL of the hub, such as https://koji.example.com/kojihub")
	}
	u, err := url.Parse(server)
	switch {
	case err != nil:
		// The parser's error quotes the URL, including a password.
		return nil, errors.New("the server is not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the server's URL must begin with http:// or https://")
	case u.Hostname() == "":
		return nil, errors.New("the server's URL has no host")
	case u.User != nil:
		return nil, errors.New("the server's URL has a user name in it: hubs log in by certificate or GSSAPI")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("the server's URL has a query: the hub would take it for a session")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}
