//go:build integration

package hub_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/apache"
	"github.com/kojiwatch/kojiwatch/integration/rig/kdc"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	krb "github.com/kojiwatch/kojiwatch/kojirpc/kerberos"
)

// TestKerberosRefused tries mistakes on the client's side.
func TestKerberosRefused(t *testing.T) {
	realm, stale, service := newRealm(t)
	s := newSite(t, apache.Options{Keytab: service, Krb5Conf: realm.Conf()})
	short := "FILE:" + s.path("short")
	old := "FILE:" + s.path("old")
	for cache, args := range map[string][]string{short: {"-l", "1s"}, old: nil} {
		if err := realm.Kinit(t.Context(), cache, stale, "alice", args...); err != nil {
			t.Fatal(err)
		}
	}
	keytab(t, realm, "alice")           // makes the keys in stale invalid
	time.Sleep(1100 * time.Millisecond) // until the ticket in short has expired
	for name, test := range map[string]struct {
		krb   krb.Client
		words []string
	}{
		"keys of yesterday":       {krb.Client{Keytab: stale}, []string{"PREAUTH_FAILED"}},
		"keytab of somebody else": {krb.Client{Keytab: service, Principal: "alice"}, []string{"HTTP-localhost.keytab", "no key of alice@KOJI.TEST", "HTTP/localhost"}},
		"no keytab":               {krb.Client{Keytab: s.path("none")}, []string{"keytab", s.path("none"), "no such file"}},
		"no keytab but a text":    {krb.Client{Keytab: s.write(t, "text", "hello there")}, []string{"keytab", s.path("text")}},
		"no cache":                {krb.Client{CCache: "FILE:" + s.path("none")}, []string{"credential cache", s.path("none"), "no such file", "kinit"}},
		"cache of somebody else":  {krb.Client{CCache: old, Principal: "bob"}, []string{"alice@KOJI.TEST", "bob@KOJI.TEST"}},
		"cache that expired":      {krb.Client{CCache: short}, []string{"expired", "kinit"}},
		"KCM":                     {krb.Client{CCache: "KCM:1000"}, []string{"KCM:1000", "type KCM", "keytab", "kinit -c FILE:"}},
		"KEYRING":                 {krb.Client{CCache: "KEYRING:persistent:1000"}, []string{"type KEYRING", "keytab", "kinit -c FILE:"}},
		"no such user":            {krb.Client{Keytab: service, Principal: "HTTP/localhost@NOWHERE.TEST"}, []string{"NOWHERE.TEST"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, login := session(t, s.options(t), kojirpc.Credentials{Negotiator: kerberos(realm, test.krb)})
			s.mustRefuse(t, login, kojirpc.CodeGSSAPIAuthError, append(test.words, "GSSAPI")...)
		})
	}
}

// TestServiceRefused tries mistakes on the server's side.
func TestServiceRefused(t *testing.T) {
	realm, alice, stale := newRealm(t)
	keytab(t, realm, "HTTP/localhost") // makes the keys in stale invalid
	for name, test := range map[string]struct {
		front apache.Options
		code  kojirpc.FaultCode
		words []string
	}{
		"keys of yesterday": {apache.Options{Keytab: stale, Krb5Conf: realm.Conf()}, kojirpc.CodeGSSAPIAuthError, []string{"rejected the ticket for HTTP/localhost"}},
		"no GSSAPI":         {apache.Options{}, kojirpc.CodeAuthError, []string{"could not verify client"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, test.front)
			_, login := session(t, s.options(t), kojirpc.Credentials{Negotiator: kerberos(realm, krb.Client{Keytab: alice})})
			s.mustRefuse(t, login, test.code, test.words...)
		})
	}
}

// TestUnknownService uses a web server that the realm does not know.
func TestUnknownService(t *testing.T) {
	ctx := t.Context()
	realm, err := kdc.Launch(ctx, rig.TempDir(t), realmName)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(realm.Close)
	if err := realm.AddPrincipals(ctx, "alice", "HTTP/elsewhere"); err != nil {
		t.Fatal(err)
	}
	s := newSite(t, apache.Options{Keytab: keytab(t, realm, "HTTP/elsewhere"), Krb5Conf: realm.Conf()})
	_, login := session(t, s.options(t), kojirpc.Credentials{Negotiator: kerberos(realm, krb.Client{Keytab: keytab(t, realm, "alice")})})
	s.mustRefuse(t, login, kojirpc.CodeGSSAPIAuthError, "no ticket for HTTP/localhost", "S_PRINCIPAL_UNKNOWN")
}

// TestNoKDC checks a login without a running KDC.
func TestNoKDC(t *testing.T) {
	realm, alice, service := newRealm(t)
	s := newSite(t, apache.Options{Keytab: service, Krb5Conf: realm.Conf()})
	realm.Close()
	_, login := session(t, s.options(t), kojirpc.Credentials{Negotiator: kerberos(realm, krb.Client{Keytab: alice})})
	s.mustRefuse(t, login, kojirpc.CodeGSSAPIAuthError, "no ticket for HTTP/localhost", "KDC")
}

// tenMinutesAhead sets a program's clock ten minutes ahead.
func tenMinutesAhead(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib*/*/faketime/libfaketime.so.1")
	if err != nil || len(found) == 0 {
		t.Fatal("libfaketime is not installed (Debian: apt-get install libfaketime)")
	}
	return []string{"LD_PRELOAD=" + found[0], "FAKETIME=+10m"}
}

// TestClocks checks logins while clocks differ by more than Kerberos allows.
func TestClocks(t *testing.T) {
	t.Run("of the KDC", func(t *testing.T) {
		realm, alice, service := newRealm(t, kdc.Environment(tenMinutesAhead(t)...))
		s := newSite(t, apache.Options{Keytab: service, Krb5Conf: realm.Conf()})
		_, login := session(t, s.options(t), kojirpc.Credentials{Negotiator: kerberos(realm, krb.Client{Keytab: alice})})
		s.mustRefuse(t, login, kojirpc.CodeGSSAPIAuthError, "no ticket for HTTP/localhost", "skew")
	})
	t.Run("of the web server", func(t *testing.T) {
		realm, alice, service := newRealm(t)
		s := newSite(t, apache.Options{Keytab: service, Krb5Conf: realm.Conf(), Env: tenMinutesAhead(t)})
		_, login := session(t, s.options(t), kojirpc.Credentials{Negotiator: kerberos(realm, krb.Client{Keytab: alice})})
		s.mustRefuse(t, login, kojirpc.CodeGSSAPIAuthError, "rejected the ticket for HTTP/localhost")
		if !strings.Contains(s.front.Log(), "skew") {
			t.Errorf("Apache's log does not mention the skew:\n%s", s.front.Log())
		}
	})
}
