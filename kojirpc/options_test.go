package kojirpc_test

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/kerberos"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func TestInvalidOptions(t *testing.T) {
	ok := "https://koji.example.com/kojihub"
	tests := []struct {
		o    kojirpc.Options
		want string
	}{
		{kojirpc.Options{}, "no server: give the URL of the hub, such as https://koji.example.com/kojihub"},
		{kojirpc.Options{Server: "koji.example.com"}, "the server's URL must begin with http:// or https://"},
		{kojirpc.Options{Server: "ftp://koji.example.com"}, "the server's URL must begin with http:// or https://"},
		{kojirpc.Options{Server: "https:///kojihub"}, "the server's URL has no host"},
		{kojirpc.Options{Server: "https://u:s3cret@koji.example.com"}, "the server's URL has a user name in it"},
		{kojirpc.Options{Server: "https://u:s3cret@koji .com"}, "the server is not a URL"},
		{kojirpc.Options{Server: ok + "?x=y"}, "the server's URL has a query"},
		{kojirpc.Options{Server: ok, MaxInFlight: -1}, "max in flight -1 is less than 1"},
		{kojirpc.Options{Server: ok, Timeout: -1}, "timeout -1ns is negative"},
		{kojirpc.Options{Server: ok, AuthTimeout: -1}, "auth timeout -1ns is negative"},
		{kojirpc.Options{Server: ok, UserAgent: "x\r\ny"}, "the user agent contains a control character"},
		{kojirpc.Options{Server: ok, Batching: kojirpc.Batching{Window: -1, Size: -1, Bytes: -1}}, "batching window -1ns is negative\nbatching size -1 is less than 1\nbatching bytes -1 is less than 1"},
		{kojirpc.Options{Server: ok, Retry: kojirpc.Retry{First: time.Minute}}, "retry pauses from 1m0s to 20s"},
		{kojirpc.Options{Server: ok, Breaker: kojirpc.Breaker{Failures: -1, Last: 1}}, "breaker failures -1 is less than 1\nbreaker pauses from 1s to 1ns"},
		{kojirpc.Options{Server: ok, Limits: xmlrpc.Limits{Bytes: -1}}, "limit of bytes -1 is less than 1"},
	}
	for _, tt := range tests {
		_, err := kojirpc.New(tt.o)
		if text := mustFail(t, err, "hub client: "+tt.want); strings.Contains(text, "s3cret") {
			t.Error(text)
		}
	}
}

// profileOf parses a profile.
func profileOf(t *testing.T, text string) profile.Profile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "koji.conf")
	if err := os.WriteFile(path, []byte("[lab]\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := profile.Load(profile.Options{Config: path, Home: t.TempDir(), Root: t.TempDir(), LookupEnv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	p, err := set.Profile("lab")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOptionsFromProfile(t *testing.T) {
	const server = "server = https://koji.example.com/kojihub\n"
	base := kojirpc.Options{Server: "https://koji.example.com/kojihub"}
	with := func(change func(*kojirpc.Options)) kojirpc.Options {
		o := base
		change(&o)
		return o
	}
	tests := []struct {
		name, text string
		want       kojirpc.Options
	}{
		{"Koji's defaults are not for daemons", server, base},
		{"addresses", server + "weburl = https://koji.example.com/koji\ntopurl = https://files.example.com\n", with(func(o *kojirpc.Options) {
			o.WebURL, o.TopURL = "https://koji.example.com/koji", "https://files.example.com"
		})},
		{"TLS", server + "serverca = /ca.crt\n", with(func(o *kojirpc.Options) { o.TLS.ServerCA = "/ca.crt" })},
		{"no TLS", server + "no_ssl_verify = yes\n", with(func(o *kojirpc.Options) { o.TLS.NoVerify = true })},
		{"serverca wins, as in Koji", server + "serverca = /ca.crt\nno_ssl_verify = yes\n", with(func(o *kojirpc.Options) { o.TLS.ServerCA = "/ca.crt" })},
		{"times", server + "timeout = 90\nauth_timeout = 30\nmax_retries = 3\nretry_interval = 7\noffline_retry = true\n", with(func(o *kojirpc.Options) {
			o.Timeout, o.AuthTimeout = 90*time.Second, 30*time.Second
			o.Retry = kojirpc.Retry{Max: 3, First: 500 * time.Millisecond, Last: 7 * time.Second, Offline: true}
		})},
		{"zeros", server + "timeout = 0\nmax_retries = 0\nretry_interval = 0\n", with(func(o *kojirpc.Options) {
			o.Timeout = 1000 * time.Hour
			o.Retry = kojirpc.Retry{Max: -1, First: time.Millisecond, Last: time.Millisecond}
		})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := kojirpc.OptionsFromProfile(profileOf(t, tt.text))
			if jsonText(withoutFuncs(got)) != jsonText(withoutFuncs(tt.want)) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			if tt.want.TLS.ServerCA == "" {
				newClient(t, got)
			}
		})
	}
}

// withoutFuncs returns the options without functions, which cannot be compared.
func withoutFuncs(o kojirpc.Options) any {
	return []any{o.Server, o.WebURL, o.TopURL, o.TLS.ServerCA, o.TLS.NoVerify, o.Timeout, o.AuthTimeout, o.Retry}
}

func TestCredentialsFromProfile(t *testing.T) {
	cert := filepath.Join(t.TempDir(), "client.crt")
	if err := os.WriteFile(cert, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, text string
		login      bool
		cert       string
		kerberos   *kerberos.Client
		err        string
		server     string
	}{
		{name: "noauth", text: "authtype = noauth\ncert = " + cert},
		{name: "ssl", text: "authtype = ssl\ncert = " + cert, login: true, cert: cert},
		{name: "ssl without certificate", text: "authtype = ssl\n", err: "profile lab: authtype ssl needs a cert"},
		{name: "unset, with certificate", text: "cert = " + cert, login: true, cert: cert},
		{name: "unset, with certificate, without TLS", text: "cert = " + cert, server: "server = http://h/kojihub\n", login: true, kerberos: &kerberos.Client{}},
		{name: "ssl without TLS", text: "authtype = ssl\ncert = " + cert, server: "server = HTTP://h/kojihub\n", err: "profile lab: authtype ssl needs a server at https://"},
		{name: "unset, certificate does not exist", text: "cert = /nowhere.crt", login: true, kerberos: &kerberos.Client{}},
		{name: "unset", login: true, kerberos: &kerberos.Client{}},
		{name: "kerberos", text: "authtype = kerberos\nprincipal = a@B\nkeytab = /k", login: true, kerberos: &kerberos.Client{Principal: "a@B", Keytab: "/k"}},
		{name: "keytab without principal is ignored", text: "keytab = /k", login: true, kerberos: &kerberos.Client{}},
		{name: "password", text: "authtype = password", err: "profile lab: authtype password is not supported; use a certificate (ssl) or kerberos"},
		{name: "other", text: "authtype = gssapi", err: `profile lab: authtype "gssapi" is not noauth, ssl or kerberos`},
		{name: "empty", text: "authtype =\ncert = " + cert, err: `profile lab: authtype "" is not noauth, ssl or kerberos`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cred, login, err := kojirpc.CredentialsFromProfile(profileOf(t, cmp.Or(tt.server, "server = https://h/kojihub\n")+tt.text))
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil || login != tt.login || cred.Cert != tt.cert {
				t.Errorf("%+v, %v, %v", cred, login, err)
			}
			k, _ := cred.Negotiator.(*kerberos.Client)
			if jsonText(kerberosText(k)) != jsonText(kerberosText(tt.kerberos)) {
				t.Errorf("%+v", k)
			}
		})
	}
}

func kerberosText(k *kerberos.Client) any {
	if k == nil {
		return nil
	}
	return []string{k.Principal, k.Keytab, k.CCache, k.Config}
}

// TestPlainHTTPNeedsNoCA checks that a missing file of authorities is no error without
// TLS.
func TestPlainHTTPNeedsNoCA(t *testing.T) {
	for _, server := range []string{"http://koji.example.com/kojihub", "HTTP://koji.example.com"} {
		p := profileOf(t, "server = "+server+"\nserverca = /nowhere/ca.crt\ncert = /nowhere/client.crt\n")
		if _, err := kojirpc.New(kojirpc.OptionsFromProfile(p)); err != nil {
			t.Errorf("%s: %v", server, err)
		}
	}
	p := profileOf(t, "server = https://koji.example.com/kojihub\nserverca = /nowhere/ca.crt\n")
	if _, err := kojirpc.New(kojirpc.OptionsFromProfile(p)); err == nil {
		t.Error("TLS without the authorities to trust")
	}
}
