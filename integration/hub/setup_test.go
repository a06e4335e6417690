//go:build integration

package hub_test

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/apache"
	"github.com/kojiwatch/kojiwatch/integration/rig/kdc"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
	krb "github.com/kojiwatch/kojiwatch/kojirpc/kerberos"
)

func TestMain(m *testing.M) { rig.Main(m) }

const realmName = "KOJI.TEST"

// site is a hub with an Apache in front of it.
type site struct {
	*hubtest.Server
	front *apache.Server
	ca    *testca.CA
	dir   string // for the files of clients
}

// newSite starts a hub and its front end.
func newSite(t *testing.T, o apache.Options) *site {
	t.Helper()
	s := &site{dir: rig.TempDir(t), ca: newCA(t)}
	s.Server = hubtest.Start(t, hubOptions())
	o.Backend, o.CA = s.URL, s.ca
	var err error
	if s.front, err = apache.Launch(t.Context(), rig.TempDir(t), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.front.Close)
	return s
}

func hubOptions() hubtest.Options {
	return hubtest.Options{
		Data:       hubtest.Data{Users: []hubtest.User{{Name: "alice", Principals: []string{"alice@" + realmName}}, {Name: "bob"}}},
		Identify:   hubtest.FrontEndIdentity,
		ProxyUsers: []string{"CN=robot,O=Koji Lab"},
	}
}

// restart starts a new hub on the address of the old one.
func (s *site) restart(t *testing.T) {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if s.Server, err = hubtest.Listen(u.Host, "127.0.0.1:0", hubOptions()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
}

func newCA(t *testing.T) *testca.CA {
	t.Helper()
	ca, err := testca.New("Koji Lab CA")
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// newRealm starts a realm with the principal alice and the service of the hub's web server,
// and returns the keytabs of both.
func newRealm(t *testing.T, opts ...kdc.Option) (r *kdc.Realm, alice, service string) {
	t.Helper()
	ctx := t.Context()
	r, err := kdc.Launch(ctx, rig.TempDir(t), realmName, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	if err := r.AddPrincipals(ctx, "alice", "HTTP/localhost"); err != nil {
		t.Fatal(err)
	}
	return r, keytab(t, r, "alice"), keytab(t, r, "HTTP/localhost")
}

// keytab writes a new keytab of a principal. Older ones become invalid.
func keytab(t *testing.T, r *kdc.Realm, principal string) string {
	t.Helper()
	path := filepath.Join(rig.TempDir(t), strings.ReplaceAll(principal, "/", "-")+".keytab")
	if err := r.Keytab(t.Context(), path, principal); err != nil {
		t.Fatal(err)
	}
	return path
}

// certificate writes a client certificate to a file.
func (s *site) certificate(t *testing.T, ca *testca.CA, user string, opts ...testca.Option) string {
	t.Helper()
	pair, err := ca.Client(user, opts...)
	if err != nil {
		t.Fatal(err)
	}
	path, err := pair.WriteFile(s.dir, user)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// options returns the options of a client that trusts the site's authority.
func (s *site) options(t *testing.T) kojirpc.Options {
	t.Helper()
	path, err := s.ca.WriteFile(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	return kojirpc.Options{
		Server: s.front.URL(),
		TLS:    kojirpc.TLS{ServerCA: path},
		Retry:  kojirpc.Retry{Max: 2, First: time.Millisecond, Last: 10 * time.Millisecond},
	}
}

// session returns a client's session that is not logged in yet.
func session(t *testing.T, o kojirpc.Options, cred kojirpc.Credentials) (*kojirpc.Client, *kojirpc.Session) {
	t.Helper()
	c, err := kojirpc.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_ = c.Close(ctx) // the hub may be down
	})
	s, err := c.Session(cred)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// kerberos returns a negotiator that uses only the given files.
func kerberos(r *kdc.Realm, k krb.Client) *krb.Client {
	k.Config = r.Conf()
	k.LookupEnv = func(string) (string, bool) { return "", false }
	return &k
}

// mustRefuse checks that a login fails with a LoginError that has this code (0 means any)
// and contains these words, and that the hub has no session.
func (s *site) mustRefuse(t *testing.T, login *kojirpc.Session, code kojirpc.FaultCode, words ...string) {
	t.Helper()
	before := len(s.Sessions())
	err := login.Login(t.Context())
	if _, ok := errors.AsType[*kojirpc.LoginError](err); !ok {
		t.Fatalf("got %v, want a login error", err)
	}
	if code != 0 && !errors.Is(err, code) {
		t.Errorf("got %v, want an error of code %d", err, code)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q is not in %q\nApache's log:\n%s", w, err, s.front.Log())
		}
	}
	if strings.ContainsAny(err.Error(), "\n\x1b") || len(err.Error()) > 1000 {
		t.Errorf("not one readable line: %q", err)
	}
	if n := len(s.Sessions()) - before; n != 0 {
		t.Errorf("%d sessions were created", n)
	}
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }
