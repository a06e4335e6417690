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

// Options say which hub to call and how. Zero values mean the defaults named.
type Options struct {
	// Server is the URL of the hub's XML-RPC endpoint, such as
	// https://koji.example.com/kojihub. It has no default.
	Server string
	// WebURL and TopURL are the addresses of kojiweb and of the file server.
	// With them, [API.Lookup] refuses URLs of other systems.
	WebURL, TopURL string

	// TLS says how the hub's certificate is checked. Default: as any server's,
	// with the system's authorities.
	TLS TLS
	// UserAgent names the program that calls, "mytool/1.0". Default: the name and
	// version of the program's main package.
	UserAgent string
	// Timeout bounds one request, from sending it to the end of the answer.
	// The context of a call bounds the whole call. Default: 5 min.
	Timeout time.Duration
	// AuthTimeout is Timeout for the requests of a login. Default: 60 s.
	AuthTimeout time.Duration
	// MaxInFlight is how many requests to the hub are under way at once, of the
	// client and its sessions together. Default: 4.
	MaxInFlight int
	// Limits bound what the hub may answer, in bytes (after decompression),
	// depth and number of values. Defaults: those of package xmlrpc.
	Limits xmlrpc.Limits
	// Batching says how calls that only read are gathered into multiCalls.
	Batching Batching
	// Retry says how calls are tried again.
	Retry Retry
	// Breaker says when a hub that fails is not called for a while.
	Breaker Breaker
	// Notify, if set, is called for what happens besides calls. It may be called
	// from several goroutines at once and must not block.
	Notify func(Notice)
	// Observe, if set, is called for each request that was sent: how long it took
	// and how it ended. It may be called from several goroutines at once and
	// must not block.
	Observe func(took time.Duration, err error)

	// Proxy returns the proxy for a request. Default: that of the environment.
	Proxy func(*http.Request) (*url.URL, error)
}

// TLS says how the hub's certificate is checked.
type TLS struct {
	// ServerCA is the path of a PEM file with the authorities to trust in place
	// of the system's. It is read anew for each login, and when the hub's
	// certificate is not trusted.
	ServerCA string
	// RootCAs are the authorities to trust, in place of those of ServerCA.
	RootCAs *x509.CertPool
	// NoVerify turns the check off: any server can then pose as the hub.
	NoVerify bool
}

// Batching says how calls that only read are gathered into multiCalls.
type Batching struct {
	// Off sends each call by itself. A [Batch] is not affected.
	Off bool
	// Window is how long a call waits for others when it could be sent at once.
	// Default: 2 ms.
	Window time.Duration
	// Size is how many calls are sent together at most. Default: 100.
	Size int
	// Bytes is how long a request gets at most before its calls are divided.
	// Hubs refuse requests beyond 4 MiB (MaxRequestLength). Default: 1 MiB.
	Bytes int
	// ReadOnly names further methods, such as those of a hub's plugins, that
	// change nothing: they may be gathered and repeated.
	ReadOnly []string
}

// Retry says how calls are tried again. The pauses have full jitter: each is
// random, between nothing and a ceiling that doubles from First to Last.
type Retry struct {
	// Max is how many times a request is sent again. Default: 4. Negative: never.
	Max int
	// First and Last are the ceilings of the first and of the longest pause.
	// Defaults: 0.5 s and 20 s.
	First, Last time.Duration
	// Offline keeps trying, without counting, while the hub says that it is
	// offline.
	Offline bool
}

// Breaker says when a hub that fails is not called for a while. Meanwhile calls
// fail at once with an [*UnavailableError].
type Breaker struct {
	// Off lets every call try.
	Off bool
	// Failures is how many requests in a row must fail. A fault of the hub is no
	// failure, unless it says that the hub is offline. Default: 5.
	Failures int
	// First and Last are the first and the longest time for which the hub is not
	// called; then one request tries it. Defaults: 1 s and 60 s.
	First, Last time.Duration
	// Patience is how long a request must have gone unanswered for it to count
	// as a failure when its caller gives up. Default: 2 s.
	Patience time.Duration
}

// setDefaults fills in what is zero.
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

// defaultUserAgent names the program that runs.
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

// check finds what cannot work, all of it.
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
	complain(strings.ContainsFunc(o.UserAgent, isControl), "the user agent has a control character in it")
	return errors.Join(errs...)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// parseServer reads the URL of a hub.
func parseServer(server string) (*url.URL, error) {
	if server == "" {
		return nil, errors.New("no server: give the URL of the hub, such as https://koji.example.com/kojihub")
	}
	u, err := url.Parse(server)
	switch {
	case err != nil:
		// The parser's error quotes the URL, password and all.
		return nil, errors.New("the server is not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the server's URL must begin with http:// or https://")
	case u.Hostname() == "":
		return nil, errors.New("the server's URL has no host")
	case u.User != nil:
		return nil, errors.New("the server's URL has a user name in it: hubs log in by certificate or GSSAPI")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("the server's URL has a query: a hub takes that for a session")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}
