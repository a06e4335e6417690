package kojirpc

import (
	"fmt"
	"os"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// OptionsFromProfile returns the options that a profile gives: the addresses,
// how the hub's certificate is checked, and, where a file sets them, timeouts
// and retries. Koji's own defaults for those (a call may take 12 hours, and is
// tried again every 20 s, 30 times, but only when logged in) suit somebody who
// watches a build, not a daemon. anon_retry is not needed: reading twice does no
// harm.
func OptionsFromProfile(p profile.Profile) Options {
	o := Options{
		Server: p.Server,
		WebURL: p.WebURL,
		TopURL: p.TopURL,
		TLS:    TLS{ServerCA: p.ServerCA, NoVerify: p.NoSSLVerify && p.ServerCA == ""},
	}
	set := func(key string) bool { return p.Source(key) != profile.Position{} }
	if !set("weburl") {
		o.WebURL = "" // Koji's default is on this host, which the hub seldom is
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

// unbounded stands for no bound: longer than any hub keeps a request.
const unbounded = 1000 * time.Hour

// CredentialsFromProfile returns how Koji's command-line client would log in with
// a profile. The second value is false if it would not.
//
// Source: activate_session in cli/koji_cli/lib.py.
func CredentialsFromProfile(p profile.Profile) (Credentials, bool, error) {
	unset := p.AuthType == "" && p.Source("authtype") == profile.Position{}
	switch {
	case p.AuthType == "noauth":
		return Credentials{}, false, nil
	case p.AuthType == "ssl", unset && exists(p.Cert):
		if p.Cert == "" {
			return Credentials{}, false, fmt.Errorf("profile %s: authtype is ssl but there is no cert", p.Name)
		}
		return Credentials{Cert: p.Cert}, true, nil
	case p.AuthType == "kerberos", unset:
		k := &Kerberos{Principal: p.Principal}
		if p.Principal != "" {
			k.Keytab = p.Keytab
		}
		return Credentials{Negotiator: k}, true, nil
	case p.AuthType == "password":
		return Credentials{}, false, fmt.Errorf("profile %s: authtype password is not supported; use a certificate (ssl) or kerberos", p.Name)
	}
	return Credentials{}, false, fmt.Errorf("profile %s: authtype %q is none of noauth, ssl and kerberos", p.Name, printable(p.AuthType, 50))
}

func exists(path string) bool {
	if path == "" {
		return false
	}
	_, err := os.Stat(path)
	return err == nil
}
