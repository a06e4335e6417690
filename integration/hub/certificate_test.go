//go:build integration

package hub_test

import (
	"crypto/tls"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig/apache"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// TestCertificateRefused sends Apache certificates that it must refuse.
func TestCertificateRefused(t *testing.T) {
	fronts := map[string]apache.ClientCert{"in the handshake": apache.InHandshake, "at the login": apache.AtLogin}
	for front, when := range fronts {
		t.Run(front, func(t *testing.T) {
			s := newSite(t, apache.Options{ClientCert: when})
			for name, test := range map[string]struct {
				cert  string
				words []string
			}{
				"expired":                {s.certificate(t, s.ca, "expired", testca.Expired()), []string{"client certificate", "expired"}},
				"of another authority":   {s.certificate(t, newCA(t), "stranger"), []string{"client certificate", "certificate"}},
				"file that is not there": {s.path("none.pem"), []string{"none.pem", "no such file"}},
				"file that is no PEM":    {s.write(t, "bad.pem", "not a certificate"), []string{"bad.pem", "PEM"}},
			} {
				t.Run(name, func(t *testing.T) {
					_, login := session(t, s.options(t), kojirpc.Credentials{Cert: test.cert})
					s.mustRefuse(t, login, 0, test.words...)
				})
			}
		})
	}
}

// TestNobodyAsks uses a web server that does not request the certificate.
func TestNobodyAsks(t *testing.T) {
	s := newSite(t, apache.Options{})
	_, login := session(t, s.options(t), kojirpc.Credentials{Cert: s.certificate(t, s.ca, "alice")})
	s.mustRefuse(t, login, kojirpc.CodeAuthError, "could not verify client")
}

func TestProxyUser(t *testing.T) {
	for name, when := range map[string]apache.ClientCert{"in the handshake": apache.InHandshake, "at the login": apache.AtLogin} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, apache.Options{ClientCert: when})
			_, login := session(t, s.options(t), kojirpc.Credentials{Cert: s.certificate(t, s.ca, "mallory"), ProxyUser: "bob"})
			s.mustRefuse(t, login, kojirpc.CodeAuthError, "CN=mallory,O=Koji Lab is not authorized to login other users")
			_, login = session(t, s.options(t), kojirpc.Credentials{Cert: s.certificate(t, s.ca, "robot"), ProxyUser: "bob"})
			if u, err := login.GetLoggedInUser(t.Context()); err != nil || u.Name != "bob" {
				t.Errorf("logged in as %q, %v", u.Name, err)
			}
		})
	}
}

// TestServerIsVerified checks that clients refuse servers that they do not trust, and accept
// servers that they are configured to trust.
func TestServerIsVerified(t *testing.T) {
	const asked = apache.InHandshake
	good := newSite(t, apache.Options{ClientCert: asked})
	expired := newSite(t, apache.Options{ClientCert: asked, Cert: []testca.Option{testca.Expired()}})
	elsewhere := newSite(t, apache.Options{ClientCert: asked, Names: []string{"koji.example.com"}})
	stranger := newCA(t)
	for name, test := range map[string]struct {
		site  *site
		tls   kojirpc.TLS
		words string // of the error; "" means no error
	}{
		"by the system's authorities":       {good, kojirpc.TLS{}, "unknown authority"},
		"by another authority of that name": {good, kojirpc.TLS{RootCAs: stranger.Pool()}, "unknown authority"},
		"expired":                           {expired, expired.options(t).TLS, "expired"},
		"of another host":                   {elsewhere, elsewhere.options(t).TLS, "koji.example.com"},
		"serverca":                          {good, good.options(t).TLS, ""},
		"no_ssl_verify":                     {elsewhere, kojirpc.TLS{NoVerify: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := test.site.options(t)
			o.TLS = test.tls
			before := test.site.Stats().Requests
			c, login := session(t, o, kojirpc.Credentials{Cert: test.site.certificate(t, test.site.ca, "alice")})
			_, anonErr := c.GetAPIVersion(t.Context())
			for _, err := range []error{anonErr, login.Login(t.Context())} {
				untrusted, ok := errors.AsType[*tls.CertificateVerificationError](err)
				if test.words == "" && err != nil || test.words != "" && (!ok || !strings.Contains(untrusted.Error(), test.words)) {
					t.Errorf("got %v", err)
				}
			}
			if n := test.site.Stats().Requests - before; test.words != "" && n != 0 {
				t.Errorf("the hub got %d requests", n)
			}
		})
	}
}

// TestHubIsAway stops the hub behind Apache, and then starts one that knows none of the
// sessions.
func TestHubIsAway(t *testing.T) {
	s := newSite(t, apache.Options{ClientCert: apache.InHandshake})
	_, login := session(t, s.options(t), kojirpc.Credentials{Cert: s.certificate(t, s.ca, "alice")})
	s.work(t, login, "before")
	s.Close()
	_, err := login.GetAPIVersion(t.Context())
	if e, ok := errors.AsType[*kojirpc.HTTPError](err); !ok || e.Status != http.StatusServiceUnavailable {
		t.Errorf("got %v", err)
	}
	s.restart(t)
	s.work(t, login, "afterwards")
}

func (s *site) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
