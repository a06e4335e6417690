package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/kerberos"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// Open returns a client for the hub of a profile, which it looks up in the files that
// Koji's own client reads. An empty name is the default profile; see
// [profile.Set.DefaultName]. Without [LoggedIn] the client calls anonymously and
// Open only reads files.
//
//	c, err := kojirpc.Open(ctx, "fedora")
//	c, err := kojirpc.Open(ctx, "fedora", kojirpc.LoggedIn(), kojirpc.UserAgent("mytool/1.0"))
func Open(ctx context.Context, name string, opts ...OpenOption) (*Client, error) {
	var how opening
	for _, o := range opts {
		o(&how)
	}
	set, err := profile.Load(how.files)
	if err != nil {
		return nil, fmt.Errorf("open hub: %w", err)
	}
	p, err := set.Profile(name)
	if err != nil {
		return nil, fmt.Errorf("open hub: %w", err)
	}
	o := OptionsFromProfile(p)
	for _, change := range how.changes {
		change(&o)
	}
	c, err := New(o)
	if err != nil || !how.login {
		return c, err
	}
	if err := c.logIn(ctx, p); err != nil {
		return nil, fmt.Errorf("open hub: %w", errors.Join(err, c.Close(ctx)))
	}
	return c, nil
}

// logIn makes the client call as the user of the profile.
func (c *Client) logIn(ctx context.Context, p profile.Profile) error {
	cred, ok, err := CredentialsFromProfile(p)
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("profile %s says not to log in (authtype = noauth)", p.Name)
	}
	s, err := c.Session(cred)
	if err != nil {
		return err
	}
	c.API = s.API
	return s.Login(ctx)
}

// OpenOption changes what [Open] does.
type OpenOption func(*opening)

type opening struct {
	login   bool
	files   profile.Options
	changes []func(*Options)
}

// LoggedIn makes the client log in as the profile says, and log out when it is
// closed.
func LoggedIn() OpenOption { return func(o *opening) { o.login = true } }

// UserAgent sets the User-Agent header, such as "mytool/1.0".
func UserAgent(name string) OpenOption {
	return Configure(func(o *Options) { o.UserAgent = name })
}

// ProfileFiles sets where Open looks for profiles.
func ProfileFiles(where profile.Options) OpenOption { return func(o *opening) { o.files = where } }

// Configure changes the options taken from the profile.
func Configure(change func(*Options)) OpenOption {
	return func(o *opening) { o.changes = append(o.changes, change) }
}

// OptionsFromProfile returns the options of a profile: the addresses, the
// verification of the hub's certificate and, if a file sets them, timeouts and
// retries. Koji's own defaults for timeouts and retries (a call may take 12 hours
// and is retried 30 times, every 20 s, but only when logged in) suit somebody who
// watches a build, not a daemon. anon_retry is ignored: a call that only reads is
// always safe to retry.
func OptionsFromProfile(p profile.Profile) Options {
	o := Options{
		Server: p.Server,
		WebURL: p.WebURL,
		TopURL: p.TopURL,
		TLS:    TLS{ServerCA: p.ServerCA, NoVerify: p.NoSSLVerify && p.ServerCA == ""},
	}
	set := func(key string) bool { return p.Source(key) != profile.Position{} }
	if !set("weburl") {
		o.WebURL = "" // Koji's default is on localhost, which is seldom the hub
	}
	if set("timeout") {
		o.Timeout = p.Timeout
		if p.Timeout == 0 {
			o.Timeout = unbounded
		}
	}
	if set("auth_timeout") {
		o.AuthTimeout = p.AuthTimeout
	}
	if set("max_retries") {
		o.Retry.Max = p.MaxRetries
		if p.MaxRetries == 0 {
			o.Retry.Max = -1
		}
	}
	if set("retry_interval") {
		o.Retry.Last = max(p.RetryInterval, time.Millisecond)
		o.Retry.First = min(o.Retry.Last, 500*time.Millisecond)
	}
	o.Retry.Offline = p.OfflineRetry
	return o
}

// unbounded stands for no timeout: it is longer than any hub keeps a request.
const unbounded = 1000 * time.Hour

// CredentialsFromProfile returns the credentials with which Koji's command-line
// client would log in for a profile. The second value is false if it would not log
// in. A certificate that merely exists does not count if the hub's URL is http.
//
// Source: activate_session in cli/koji_cli/lib.py.
func CredentialsFromProfile(p profile.Profile) (Credentials, bool, error) {
	unset := p.AuthType == "" && p.Source("authtype") == profile.Position{}
	switch {
	case p.AuthType == "noauth":
		return Credentials{}, false, nil
	case p.AuthType == "ssl", unset && !isPlain(p.Server) && exists(p.Cert):
		if isPlain(p.Server) {
			return Credentials{}, false, fmt.Errorf("profile %s: authtype ssl needs a server at https://", p.Name)
		}
		if p.Cert == "" {
			return Credentials{}, false, fmt.Errorf("profile %s: authtype ssl needs a cert", p.Name)
		}
		return Credentials{Cert: p.Cert}, true, nil
	case p.AuthType == "kerberos", unset:
		k := &kerberos.Client{Principal: p.Principal}
		if p.Principal != "" {
			k.Keytab = p.Keytab
		}
		return Credentials{Negotiator: k}, true, nil
	case p.AuthType == "password":
		return Credentials{}, false, fmt.Errorf("profile %s: authtype password is not supported; use a certificate (ssl) or kerberos", p.Name)
	}
	return Credentials{}, false, fmt.Errorf("profile %s: authtype %q is not noauth, ssl or kerberos", p.Name, printable.Line(p.AuthType, 50))
}

func exists(path string) bool {
	if path == "" {
		return false
	}
	_, err := os.Stat(path)
	return err == nil
}

// isPlain reports whether the URL of a hub is http.
func isPlain(server string) bool {
	scheme, _, _ := strings.Cut(server, "://")
	return strings.EqualFold(strings.TrimSpace(scheme), "http")
}
