//go:build integration

package hub_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig/apache"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// TestProfiles logs in with the configuration of Koji's own client.
func TestProfiles(t *testing.T) {
	realm, alice, service := newRealm(t)
	certs := newSite(t, apache.Options{ClientCert: apache.AtLogin})
	tickets := newSite(t, apache.Options{Keytab: service, Krb5Conf: realm.Conf()})
	t.Setenv("KRB5_CONFIG", realm.Conf())
	t.Setenv("KRB5CCNAME", "FILE:"+tickets.path("cache"))
	if err := realm.Kinit(t.Context(), "FILE:"+tickets.path("cache"), alice, "alice"); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		site     *site
		settings string
	}{
		"certificate":                  {certs, "authtype = ssl\ncert = " + certs.certificate(t, certs.ca, "alice")},
		"certificate, by its presence": {certs, "cert = " + certs.certificate(t, certs.ca, "alice")},
		"keytab":                       {tickets, "authtype = kerberos\nprincipal = alice@KOJI.TEST\nkeytab = " + alice},
		"cache":                        {tickets, "authtype = kerberos"},
	} {
		for trust, line := range map[string]string{
			"serverca":      "serverca = " + test.site.options(t).TLS.ServerCA,
			"no_ssl_verify": "no_ssl_verify = true",
		} {
			t.Run(name+", "+trust, func(t *testing.T) {
				text := fmt.Sprintf("[koji]\nserver = %s\n%s\n%s\n", test.site.front.URL(), line, test.settings)
				login := fromProfile(t, test.site.write(t, "koji.conf", text))
				if u, err := login.GetLoggedInUser(t.Context()); err != nil || u.Name != "alice" {
					t.Errorf("logged in as %q, %v", u.Name, err)
				}
			})
		}
	}
}

// fromProfile returns a session for the profile koji in a file.
func fromProfile(t *testing.T, path string) *kojirpc.Session {
	t.Helper()
	set, err := profile.Load(profile.Options{Config: path, Home: t.TempDir(), Root: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	p, err := set.Profile("koji")
	if err != nil {
		t.Fatal(err)
	}
	cred, ok, err := kojirpc.CredentialsFromProfile(p)
	if err != nil || !ok {
		t.Fatalf("credentials: %t, %v", ok, err)
	}
	_, login := session(t, kojirpc.OptionsFromProfile(p), cred)
	return login
}

// TestManyCallers makes concurrent calls with a client and its session, through Apache.
func TestManyCallers(t *testing.T) {
	s := newSite(t, apache.Options{ClientCert: apache.InHandshake, Gzip: true})
	c, login := session(t, s.options(t), kojirpc.Credentials{Cert: s.certificate(t, s.ca, "alice")})
	var all sync.WaitGroup
	for i := range 100 {
		api := c.API
		if i%2 == 0 {
			api = login.API
		}
		all.Go(func() {
			id := int64(1 + i%2)
			for range 5 {
				u, err := api.GetUser(t.Context(), koji.Ref{ID: id})
				if err != nil || u.ID != id {
					t.Errorf("requested user %d, got %d, %v", id, u.ID, err)
				}
			}
		})
	}
	all.Wait()
	if got := s.Stats(); got.Called() != 501 || got.Logins != 1 { // the login is a call too
		t.Errorf("%d calls with %d logins, want 501 with 1", got.Called(), got.Logins)
	}
}
