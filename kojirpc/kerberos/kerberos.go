// Package kerberos makes the tokens with which a session of package kojirpc logs in,
// from a keytab or a credential cache, without the system's Kerberos library. It reads
// krb5.conf like MIT Kerberos.
//
//	s, err := c.Session(kojirpc.Credentials{Negotiator: &kerberos.Client{
//		Principal: "bot@EXAMPLE.COM", Keytab: "/etc/bot.keytab",
//	}})
package kerberos

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

// Client makes tokens from a keytab or a credential cache. It reads the files again for
// each token, so that it uses renewed tickets. The zero Client uses kinit's default
// credential cache, which must be a file.
type Client struct {
	// Principal is the principal to log in as: alice, in krb5.conf's default_realm,
	// or alice@EXAMPLE.COM. Default: the first principal of the keytab, or that of
	// the cache. A cache of another principal is an error.
	Principal string
	// Keytab is the path of a keytab, with or without the prefix FILE:. Empty: use
	// the credential cache.
	Keytab string
	// CCache names the credential cache: FILE:path, a bare path, DIR:directory,
	// or DIR::path for one cache in a directory. Default: $KRB5CCNAME, or
	// default_ccache_name of krb5.conf, or FILE:/tmp/krb5cc_<uid>.
	CCache string
	// Config is a colon-separated list of krb5.conf files; the first file that
	// contains a setting wins. Default: $KRB5_CONFIG, or /etc/krb5.conf.
	Config string
	// Service is the service to get a ticket for, such as HTTP/proxy.example.com.
	// Default: HTTP and the host of the hub's URL, which is not canonicalized by
	// DNS.
	Service string
	// LookupEnv reads the environment. Default: os.LookupEnv.
	LookupEnv func(name string) (value string, ok bool)
}

// Token returns the first token of HTTP's Negotiate scheme for a service such as
// HTTP/koji.example.com. While it waits for a KDC, it does not watch ctx: up to about
// 10 s for each KDC that does not answer.
func (k *Client) Token(ctx context.Context, service string) (token []byte, err error) {
	// The library may panic on malformed files and messages.
	defer func() {
		if r := recover(); r != nil {
			token, err = nil, fmt.Errorf("kerberos: a malformed file or message: %v", r)
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	conf, err := k.readConf()
	if err != nil {
		return nil, err
	}
	cl, err := k.client(conf)
	if err != nil {
		return nil, err
	}
	defer cl.Destroy()
	if err := cl.Login(); err != nil {
		return nil, conf.explain(cl.Credentials.Realm(), err)
	}
	if k.Service != "" {
		service = k.Service
	}
	neg, err := spnego.SPNEGOClient(cl, service).InitSecContext()
	if err != nil {
		return nil, conf.explain(cl.Credentials.Realm(), err)
	}
	return neg.Marshal()
}

func (k *Client) env(name string) string {
	lookup := k.LookupEnv
	if lookup == nil {
		lookup = os.LookupEnv
	}
	value, _ := lookup(name)
	return value
}

// client returns the library's client. It does not contact a KDC.
func (k *Client) client(conf *krb5Conf) (*client.Client, error) {
	if k.Keytab != "" {
		return k.fromKeytab(conf)
	}
	return k.fromCCache(conf)
}

// maxKrb5File is the maximum size of a keytab or cache.
const maxKrb5File = 4 << 20

func readKrb5File(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxKrb5File+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxKrb5File:
		return nil, fmt.Errorf("%s is longer than %d bytes", path, maxKrb5File)
	case len(data) < 2:
		return nil, fmt.Errorf("%s is empty", path)
	}
	return data, nil
}

// fromKeytab returns the library's client for a keytab.
func (k *Client) fromKeytab(conf *krb5Conf) (*client.Client, error) {
	path, err := keytabPath(k.Keytab)
	if err != nil {
		return nil, err
	}
	data, err := readKrb5File(path)
	if err != nil {
		return nil, fmt.Errorf("keytab: %w", err)
	}
	kt := keytab.New()
	if err := kt.Unmarshal(data); err != nil {
		return nil, fmt.Errorf("keytab %s: %w", path, err)
	}
	if len(kt.Entries) == 0 {
		return nil, fmt.Errorf("keytab %s contains no keys", path)
	}
	name, realm := splitPrincipal(k.Principal, conf.defaultRealm)
	if name == "" {
		first := kt.Entries[0].Principal
		name, realm = strings.Join(first.Components, "/"), first.Realm
	}
	if realm == "" {
		return nil, fmt.Errorf("principal %s has no realm, and krb5.conf has no default_realm", printable.Line(name, 100))
	}
	etypes := keytabEtypes(kt, name, realm)
	if len(etypes) == 0 {
		return nil, fmt.Errorf("keytab %s has no key of %s@%s; its principals are %s",
			path, printable.Line(name, 100), printable.Line(realm, 100), keytabPrincipals(kt))
	}
	return client.NewWithKeytab(name, realm, kt, conf.library(etypes), client.DisablePAFXFAST(true)), nil
}

func keytabPath(name string) (string, error) {
	kind, rest, typed := strings.Cut(name, ":")
	switch {
	case !typed || strings.Contains(kind, "/"):
		return name, nil
	case kind == "FILE" || kind == "WRFILE":
		return rest, nil
	}
	return "", fmt.Errorf("keytab %s is of type %s; it must be a file", printable.Line(name, 200), printable.Line(kind, 20))
}

// keytabEtypes returns the encryption types for which a keytab has keys.
func keytabEtypes(kt *keytab.Keytab, name, realm string) map[int32]bool {
	types := map[int32]bool{}
	for _, e := range kt.Entries {
		if e.Principal.Realm == realm && strings.Join(e.Principal.Components, "/") == name {
			types[e.Key.KeyType] = true
		}
	}
	return types
}

func keytabPrincipals(kt *keytab.Keytab) string {
	var names []string
	seen := map[string]bool{}
	for _, e := range kt.Entries {
		if name := e.Principal.String(); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return printable.Line(strings.Join(names, ", "), 300)
}

// fromCCache returns the library's client for a credential cache.
func (k *Client) fromCCache(conf *krb5Conf) (*client.Client, error) {
	path, err := ccachePath(k.ccacheName(conf))
	if err != nil {
		return nil, err
	}
	data, err := readKrb5File(path)
	if err != nil {
		return nil, fmt.Errorf("credential cache: %w (kinit creates it)", err)
	}
	if err := checkCCacheFile(data); err != nil {
		return nil, fmt.Errorf("credential cache %s: %w", path, err)
	}
	cache := new(credentials.CCache)
	if err := cache.Unmarshal(data); err != nil {
		return nil, fmt.Errorf("credential cache %s: %w", path, err)
	}
	if err := k.checkCCache(cache, path, conf); err != nil {
		return nil, err
	}
	cl, err := client.NewFromCCache(cache, conf.library(nil), client.DisablePAFXFAST(true))
	if err != nil {
		return nil, fmt.Errorf("credential cache %s: %w", path, err)
	}
	return cl, nil
}

// checkCCache checks the principal and the ticket of a cache. It returns clearer errors
// than the library.
func (k *Client) checkCCache(cache *credentials.CCache, path string, conf *krb5Conf) error {
	whose := cache.GetClientPrincipalName().PrincipalNameString() + "@" + cache.GetClientRealm()
	if name, realm := splitPrincipal(k.Principal, conf.defaultRealm); name != "" && name+"@"+realm != whose {
		return fmt.Errorf("credential cache %s belongs to %s, not to %s@%s", path, printable.Line(whose, 200), printable.Line(name, 100), printable.Line(realm, 100))
	}
	tgt, ok := cache.GetEntry(types.PrincipalName{
		NameType:   nametype.KRB_NT_SRV_INST,
		NameString: []string{"krbtgt", cache.GetClientRealm()},
	})
	if !ok {
		return fmt.Errorf("credential cache %s has no ticket-granting ticket; run kinit", path)
	}
	if !tgt.EndTime.After(time.Now()) {
		return fmt.Errorf("the ticket in credential cache %s expired at %s; run kinit", path, tgt.EndTime.UTC().Format(time.RFC3339))
	}
	return nil
}

// splitPrincipal splits a principal into name and realm.
func splitPrincipal(principal, defaultRealm string) (name, realm string) {
	if i := strings.LastIndexByte(principal, '@'); i >= 0 {
		return principal[:i], principal[i+1:]
	}
	return principal, defaultRealm
}

// explain adds a likely cause to an error of the library.
func (c *krb5Conf) explain(realm string, err error) error {
	if len(c.kdcs[realm]) == 0 && c.proxied[realm] {
		return fmt.Errorf("kerberos: the KDC of %s is only reachable by https (MS-KKDCP), which kojiwatch does not support; "+
			"a ticket for the hub in the credential cache works: %w", printable.Line(realm, 100), err)
	}
	return fmt.Errorf("kerberos: %w", err)
}
