//go:build integration

package hub_test

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig/apache"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	krb "github.com/kojiwatch/kojiwatch/kojirpc/kerberos"
)

// live takes a session from its login to its end, through a renewal and another login.
func (s *site) live(t *testing.T, cred kojirpc.Credentials, authType int64) {
	t.Helper()
	c, login := session(t, s.options(t), cred)
	s.work(t, login, "after the login")
	if got := s.Sessions(); len(got) != 1 || got[0].AuthType != authType {
		t.Fatalf("sessions after the login: %+v", got)
	}
	before := s.Sessions()[0].Key

	s.ExpireAll()
	s.work(t, login, "after it expired")
	if got := s.Sessions(); len(got) != 1 || got[0].Key == before || got[0].Renewed.IsZero() {
		t.Fatalf("sessions after the renewal: %+v", got)
	}

	s.CloseSessions()
	s.work(t, login, "after the hub closed it")
	if got := s.Sessions(); len(got) != 2 || got[1].Closed {
		t.Fatalf("sessions after logging in again: %+v", got)
	}

	if err := login.Close(t.Context()); err != nil {
		t.Errorf("log out: %v", err)
	}
	if got := s.Sessions(); !got[1].Closed {
		t.Errorf("sessions after logging out: %+v", got)
	}
	if got := c.Stats(); got.Logins != 2 || got.Renewals != 1 {
		t.Errorf("%d logins and %d renewals, want 2 and 1", got.Logins, got.Renewals)
	}
	if got := s.Stats(); got.Logouts != 1 {
		t.Errorf("%d logouts, want 1", got.Logouts)
	}
}

// work makes calls that read, and one that changes something.
func (s *site) work(t *testing.T, login *kojirpc.Session, when string) {
	t.Helper()
	ctx := t.Context()
	u, err := login.GetLoggedInUser(ctx)
	if err != nil || u.Name != "alice" {
		t.Fatalf("%s: logged in as %q, %v", when, u.Name, err)
	}
	before := len(s.Data().Tasks)
	if _, err := login.Call(ctx, "build", "git://src.example.com/rpms/bash#abc", "f55"); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	if n := len(s.Data().Tasks) - before; n != 1 {
		t.Fatalf("%s: %d tasks were created, want 1", when, n)
	}
	if _, err := login.GetAPIVersion(ctx); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
}

func TestCertificate(t *testing.T) {
	fronts := map[string]apache.Options{
		"in the handshake, TLS 1.3":  {ClientCert: apache.InHandshake},
		"in the handshake, TLS 1.2":  {ClientCert: apache.InHandshake, MaxTLS: "TLSv1.2"},
		"at the login, TLS 1.3":      {ClientCert: apache.AtLogin},
		"at the login, TLS 1.2":      {ClientCert: apache.AtLogin, MaxTLS: "TLSv1.2"},
		"in the handshake, and gzip": {ClientCert: apache.InHandshake, Gzip: true},
	}
	for name, o := range fronts {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, o)
			s.live(t, kojirpc.Credentials{Cert: s.certificate(t, s.ca, "alice")}, hubtest.AuthSSL)
		})
	}
}

func TestGSSAPI(t *testing.T) {
	realm, alice, service := newRealm(t)
	tests := map[string]struct {
		cache string // in the test's folder, filled by kinit; "" for none
		krb   krb.Client
	}{
		"keytab":               {krb: krb.Client{Keytab: alice}},
		"keytab and principal": {krb: krb.Client{Keytab: "FILE:" + alice, Principal: realm.Principal("alice")}},
		"cache in a file":      {cache: "FILE:"},
		"cache in a directory": {cache: "DIR:"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, apache.Options{Keytab: service, Krb5Conf: realm.Conf()})
			if test.cache != "" {
				test.krb.CCache = test.cache + s.path("cache")
				if err := realm.Kinit(t.Context(), test.krb.CCache, alice, "alice"); err != nil {
					t.Fatal(err)
				}
			}
			s.live(t, kojirpc.Credentials{Negotiator: kerberos(realm, test.krb)}, hubtest.AuthGSSAPI)
		})
	}
}
