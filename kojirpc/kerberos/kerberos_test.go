package kerberos

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/keytab"
)

// writeFile writes a file into a directory and returns its path.
func writeFile(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

// ccache4 is a credential cache of version 4 with one ticket, like those of kinit.
type ccache4 struct {
	principal, realm, server string
	ends                     time.Time
}

func (c ccache4) bytes() string {
	var b []byte
	u16 := func(n int) { b = binary.BigEndian.AppendUint16(b, uint16(n)) }
	u32 := func(n int64) { b = binary.BigEndian.AppendUint32(b, uint32(n)) }
	str := func(s string) { u32(int64(len(s))); b = append(b, s...) }
	name := func(parts string, realm string) {
		u32(1)
		list := strings.Split(parts, "/")
		u32(int64(len(list)))
		str(realm)
		for _, p := range list {
			str(p)
		}
	}
	b = append(b, 5, 4)
	u16(12) // header: the KDC's offset
	u16(1)
	u16(8)
	u32(0)
	u32(0)
	name(c.principal, c.realm)
	if c.server == "" {
		return string(b)
	}
	name(c.principal, c.realm)
	name(c.server, c.realm)
	u16(18)
	str(strings.Repeat("k", 32))
	for range 2 {
		u32(c.ends.Add(-time.Hour).Unix())
	}
	u32(c.ends.Unix())
	u32(0)
	b = append(b, 0)
	u32(0) // flags
	u32(0) // addresses
	u32(0) // authorization data
	str("no ticket")
	str("")
	return string(b)
}

func TestCCachePath(t *testing.T) {
	dir := t.TempDir()
	collection := filepath.Join(dir, "collection")
	writeFile(t, collection, "primary", "tktALICE\n")
	fresh := filepath.Join(dir, "fresh")
	if err := os.Mkdir(fresh, 0o700); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad")
	writeFile(t, bad, "primary", "../../etc/passwd\n")
	tests := []struct {
		name    string
		k       Client
		env     map[string]string
		setting string // default_ccache_name
		want    string
		err     []string
	}{
		{name: "FILE", k: Client{CCache: "FILE:/run/x"}, want: "/run/x"},
		{name: "bare path", k: Client{CCache: "/run/x:y"}, want: "/run/x:y"},
		{name: "relative path", k: Client{CCache: "./x:y"}, want: "./x:y"},
		{name: "DIR", k: Client{CCache: "DIR:" + collection}, want: collection + "/tktALICE"},
		{name: "DIR without primary", k: Client{CCache: "DIR:" + fresh}, want: fresh + "/tkt"},
		{name: "DIR, one cache", k: Client{CCache: "DIR::" + collection + "/tkt7"}, want: collection + "/tkt7"},
		{name: "DIR, bad primary", k: Client{CCache: "DIR:" + bad}, err: []string{"its file primary names no cache"}},
		{name: "KCM", k: Client{CCache: "KCM:"}, err: []string{"credential cache KCM: is of type KCM", "use a keytab", "kinit -c FILE:/path/to/cache", "KRB5CCNAME="}},
		{name: "KEYRING", k: Client{}, setting: "KEYRING:persistent:%{uid}", err: []string{"is of type KEYRING", "use a keytab", "kinit -c FILE:"}},
		{name: "MEMORY", k: Client{CCache: "MEMORY:x"}, err: []string{"is of type MEMORY"}},
		{name: "environment", env: map[string]string{"KRB5CCNAME": "FILE:/env"}, setting: "KCM:", want: "/env"},
		{name: "option before environment", k: Client{CCache: "/opt"}, env: map[string]string{"KRB5CCNAME": "FILE:/env"}, want: "/opt"},
		{name: "krb5.conf", setting: "FILE:/tmp/%{null}krb5_x", want: "/tmp/krb5_x"},
		{name: "krb5.conf, variables", setting: "FILE:/c/%{uid}%{euid}%{USERID}", want: strings.ReplaceAll("/c/UUU", "U", strconv.Itoa(os.Getuid()))},
		{name: "default", want: "/tmp/krb5cc_" + strconv.Itoa(os.Getuid())},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.k.LookupEnv = environment(tt.env)
			got, err := ccachePath(tt.k.ccacheName(&krb5Conf{ccacheName: tt.setting}))
			if got != tt.want || (err == nil) != (tt.err == nil) {
				t.Fatalf("%q, %v", got, err)
			}
			for _, part := range tt.err {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v lacks %q", err, part)
				}
			}
		})
	}
}

const labConf = `
# what a distribution ships
includedir %s
include /nowhere/at/all

[logging]
 default = FILE:/var/log/krb5libs.log

[libdefaults]
  default_realm = "LAB.TEST"
  default_realm = LATER.TEST
  dns_lookup_kdc = off
  preferred_preauth_types = 17, 16
  permitted_enctypes = aes256-cts-hmac-sha1-96 camellia256-cts-cmac unknown-type aes128-cts
  udp_preference_limit = 1

[realms]
LAB.TEST = {
  kdc = 127.0.0.1:1
  kdc = kdc2.lab.test
  kdc = [::1]
  kdc = tcp/kdc3.lab.test:88
  auth_to_local_names = {
    x = y
  }
  admin_server = kadmin.lab.test
}
WEB.TEST = {
  kdc = https://kdc.web.test/KdcProxy
}

[domain_realm]
  .lab.test = LAB.TEST
  lab.test = LAB.TEST
; the end
}
`

func TestKrb5Conf(t *testing.T) {
	dir := t.TempDir()
	drop := filepath.Join(dir, "krb5.conf.d")
	writeFile(t, drop, "10-a.conf", "[realms]\n LAB.TEST = {\n  kdc = first.lab.test:1088\n }\n[libdefaults]\ndefault_ccache_name = FILE:/tmp/x\n")
	writeFile(t, drop, "crypto-policies", "[libdefaults]\npermitted_enctypes = aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96\n")
	writeFile(t, drop, ".hidden.conf", "[libdefaults]\ndefault_realm = WRONG\n")
	writeFile(t, drop, "old.rpmsave", "[libdefaults]\ndefault_realm = WRONG\n")
	main := writeFile(t, dir, "krb5.conf", strings.Replace(labConf, "%s", drop, 1))

	k := Client{Config: "/nowhere.conf:" + main}
	c, err := k.readConf()
	if err != nil {
		t.Fatal(err)
	}
	if c.defaultRealm != "LAB.TEST" || c.dnsKDC || c.udpLimit != 1 || c.ccacheName != "FILE:/tmp/x" || !c.proxied["WEB.TEST"] ||
		c.domains[".lab.test"] != "LAB.TEST" || strings.Join(c.etypes, " ") != "aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96" {
		t.Errorf("%+v", c)
	}
	if got := strings.Join(c.kdcs["LAB.TEST"], " "); got != "first.lab.test:1088 127.0.0.1:1 kdc2.lab.test:88 [::1]:88 kdc3.lab.test:88" {
		t.Errorf("KDCs %s", got)
	}
	lib := c.library(nil)
	if lib.ResolveRealm("koji.lab.test") != "LAB.TEST" || lib.LibDefaults.DNSLookupKDC || len(lib.LibDefaults.DefaultTktEnctypeIDs) != 2 {
		t.Errorf("%+v", lib)
	}
	if n, _, err := lib.GetKDCs("LAB.TEST", true); n != 5 || err != nil {
		t.Error(n, err)
	}
	if got := c.library(map[int32]bool{etypeID.AES128_CTS_HMAC_SHA1_96: true}).LibDefaults.DefaultTktEnctypeIDs; len(got) != 1 || got[0] != etypeID.AES128_CTS_HMAC_SHA1_96 {
		t.Errorf("a keytab with one key asks for %v", got)
	}
}

func TestKrb5ConfErrors(t *testing.T) {
	dir := t.TempDir()
	loop := filepath.Join(dir, "loop.conf")
	writeFile(t, dir, "loop.conf", "include "+loop+"\n")
	tests := []struct{ config, want string }{
		{"/nowhere.conf", "no such file"},
		{loop, "too many includes"},
		{dir, "is a directory"},
		{writeFile(t, dir, "long.conf", strings.Repeat("#", 2<<20)), "is longer than"},
	}
	for _, tt := range tests {
		k := Client{LookupEnv: environment(map[string]string{"KRB5_CONFIG": tt.config})}
		if _, err := k.Token(context.Background(), "HTTP/x"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.config, err)
		}
	}
	k := Client{Config: writeFile(t, dir, "empty.conf", "")}
	if c, err := k.readConf(); err != nil || !c.dnsKDC || len(c.library(nil).LibDefaults.DefaultTktEnctypeIDs) < 2 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestTokenErrors(t *testing.T) {
	dir := t.TempDir()
	conf := writeFile(t, dir, "krb5.conf", strings.Replace(labConf, "%s", dir+"/none", 1))
	cache := func(name string, c ccache4) string { return writeFile(t, dir, name, c.bytes()) }
	soon := time.Now().Add(time.Hour)
	kt := keytab.New()
	if err := kt.AddEntry("alice", "LAB.TEST", "password", time.Now(), 1, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	if err := kt.AddEntry("HTTP/koji.lab.test", "LAB.TEST", "password", time.Now(), 1, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	data, err := kt.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	good := writeFile(t, dir, "alice.keytab", string(data))
	tests := []struct {
		name string
		k    Client
		want []string
	}{
		{"no cache", Client{CCache: dir + "/none"}, []string{"credential cache: open ", "no such file", "kinit creates it"}},
		{"no ticket", Client{CCache: cache("a", ccache4{principal: "alice", realm: "LAB.TEST"})}, []string{"has no ticket-granting ticket; run kinit"}},
		{"expired", Client{CCache: cache("b", ccache4{"alice", "LAB.TEST", "krbtgt/LAB.TEST", time.Unix(1700000000, 0)})}, []string{"expired at 2023-11-14T22:13:20Z; run kinit"}},
		{"somebody else's", Client{Principal: "bob", CCache: cache("c", ccache4{"alice", "LAB.TEST", "krbtgt/LAB.TEST", soon})}, []string{"belongs to alice@LAB.TEST, not to bob@LAB.TEST"}},
		{"no real ticket", Client{Principal: "alice", CCache: cache("d", ccache4{"alice", "LAB.TEST", "krbtgt/LAB.TEST", soon})}, []string{"credential cache " + dir, "not valid"}},
		{"empty cache", Client{CCache: writeFile(t, dir, "e", "")}, []string{"is empty"}},
		{"no cache at all", Client{CCache: writeFile(t, dir, "f", "garbage")}, []string{"not a credential cache of version 3 or 4, or damaged"}},
		{"cut short", Client{CCache: writeFile(t, dir, "g", ccache4{"alice", "LAB.TEST", "krbtgt/LAB.TEST", soon}.bytes()[:60])}, []string{"or damaged"}},
		{"no keytab", Client{Keytab: dir + "/none"}, []string{"keytab: open "}},
		{"no keytab at all", Client{Keytab: writeFile(t, dir, "h", "garbage")}, []string{"keytab " + dir}},
		{"keytab without keys", Client{Keytab: writeFile(t, dir, "i", "\x05\x02\x00\x00\x00\x00\x00\x00")}, []string{"contains no keys"}},
		{"odd keytab", Client{Keytab: "MEMORY:x"}, []string{"is of type MEMORY; it must be a file"}},
		{"stranger", Client{Keytab: good, Principal: "bob"}, []string{"has no key of bob@LAB.TEST; its principals are alice@LAB.TEST, HTTP/koji.lab.test@LAB.TEST"}},
		{"no KDC answers", Client{Keytab: "FILE:" + good}, []string{"kerberos: ", "127.0.0.1:1", "refused"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.k.Config = conf
			if tt.name == "no KDC answers" {
				tt.k.Config = writeFile(t, dir, "one.conf", "[realms]\nLAB.TEST = {\n kdc = 127.0.0.1:1\n}\n")
			}
			token, err := tt.k.Token(t.Context(), "HTTP/koji.lab.test")
			if err == nil || token != nil {
				t.Fatalf("%x, %v", token, err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v lacks %q", err, part)
				}
			}
		})
	}
}

// TestCountsAreChecked checks a cache that claims to contain a billion addresses.
func TestCountsAreChecked(t *testing.T) {
	good := []byte(ccache4{"alice", "LAB.TEST", "krbtgt/LAB.TEST", time.Now()}.bytes())
	whole := len(ccache4{principal: "alice", realm: "LAB.TEST"}.bytes())
	if err := checkCCacheFile(good); err != nil {
		t.Fatal(err)
	}
	for i := range good {
		if err := checkCCacheFile(good[:i]); err == nil && i != whole {
			t.Errorf("cut after %d bytes of %d", i, len(good))
		}
	}
	at := len(good) - len("no ticket") - 16 // the count of addresses
	for _, change := range []int{at, at + 4} {
		bad := append([]byte(nil), good...)
		bad[change] = 0x40
		if err := checkCCacheFile(bad); err == nil {
			t.Error("it was believed")
		}
	}
}

func TestKDCBehindHTTPS(t *testing.T) {
	dir := t.TempDir()
	kt := keytab.New()
	if err := kt.AddEntry("alice", "WEB.TEST", "password", time.Now(), 1, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	data, err := kt.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	k := Client{
		Config: writeFile(t, dir, "krb5.conf", "[libdefaults]\ndns_lookup_kdc=false\n[realms]\nWEB.TEST = {\n kdc = https://kdc.web.test/KdcProxy\n}\n"),
		Keytab: writeFile(t, dir, "keytab", string(data)),
	}
	if _, err := k.Token(t.Context(), "HTTP/x"); err == nil || !strings.Contains(err.Error(), "only reachable by https (MS-KKDCP)") {
		t.Error(err)
	}
}

// FuzzCCacheFile checks that the library can read a cache that passes the check.
func FuzzCCacheFile(f *testing.F) {
	f.Add([]byte(ccache4{"alice", "LAB.TEST", "krbtgt/LAB.TEST", time.Unix(1<<31-1, 0)}.bytes()))
	f.Add([]byte(ccache4{principal: "HTTP/koji.lab.test", realm: "LAB.TEST"}.bytes()))
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkCCacheFile(data) != nil {
			return
		}
		if err := new(credentials.CCache).Unmarshal(data); err != nil {
			t.Error(err)
		}
	})
}

func FuzzKrb5Conf(f *testing.F) {
	f.Add(labConf)
	f.Add("[realms]\nA = {\n}\n}\n[x\n= y\n{ kdc = [::\nkdc=\n")
	f.Fuzz(func(t *testing.T, text string) {
		var r krb5Reader
		if err := r.text(strings.ReplaceAll(text, "include", "excluded"), 0); err != nil {
			t.Error(err)
		}
		for _, kdcs := range newKrb5Conf(r.lines).kdcs {
			for _, kdc := range kdcs {
				if !strings.Contains(kdc, ":") {
					t.Errorf("no port: %q", kdc)
				}
			}
		}
		newKrb5Conf(r.lines).library(nil)
	})
}
