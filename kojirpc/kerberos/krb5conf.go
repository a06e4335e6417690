package kerberos

import (
	"maps"
	"strconv"
	"strings"

	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
)

// krb5Conf has the settings of krb5.conf that a client needs. The library's own parser
// does not support includes, uses the last of several values where MIT Kerberos uses the
// first, and fails on some lines that occur in practice.
type krb5Conf struct {
	defaultRealm string
	ccacheName   string
	dnsKDC       bool
	udpLimit     int                 // 0: not set
	etypes       []string            // permitted_enctypes; nil: not set
	kdcs         map[string][]string // by realm, host:port
	proxied      map[string]bool     // realms with a KDC behind https
	domains      map[string]string   // domain_realm
}

// etypesByPreference are the encryption types in use, strongest first.
func etypesByPreference() []string {
	return []string{
		"aes256-cts-hmac-sha384-192", "aes128-cts-hmac-sha256-128",
		"aes256-cts-hmac-sha1-96", "aes128-cts-hmac-sha1-96",
	}
}

// newKrb5Conf makes a configuration from the settings in the files.
func newKrb5Conf(lines []krb5Line) *krb5Conf {
	c := &krb5Conf{
		dnsKDC:  true,
		kdcs:    map[string][]string{},
		proxied: map[string]bool{},
		domains: map[string]string{},
	}
	seen := map[string]bool{} // the first of several values is used
	for _, l := range lines {
		first := !seen[l.key()]
		switch {
		case l.section == "realms" && l.name == "kdc":
			c.addKDC(l.block, l.value)
		case !first:
		case l.section == "libdefaults" && l.block == "":
			c.setDefault(l.name, l.value)
		case l.section == "domain_realm" && l.block == "":
			c.domains[strings.ToLower(l.name)] = l.value
		}
		seen[l.key()] = true
	}
	return c
}

func (c *krb5Conf) setDefault(name, value string) {
	switch name {
	case "default_realm":
		c.defaultRealm = value
	case "default_ccache_name":
		c.ccacheName = value
	case "dns_lookup_kdc":
		switch strings.ToLower(value) {
		case "false", "no", "n", "f", "0", "off", "nil":
			c.dnsKDC = false
		}
	case "udp_preference_limit":
		if n, err := strconv.Atoi(value); err == nil && n > 0 {
			c.udpLimit = n
		}
	case "permitted_enctypes":
		c.etypes = strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' })
	}
}

// addKDC adds the address of a KDC: host, host:port or [v6]:port.
func (c *krb5Conf) addKDC(realm, address string) {
	if strings.Contains(address, "://") {
		c.proxied[realm] = true
		return
	}
	address = strings.TrimPrefix(strings.TrimPrefix(address, "tcp/"), "udp/")
	switch {
	case address == "":
		return
	case strings.HasPrefix(address, "["):
		if !strings.Contains(address, "]:") {
			address += ":88"
		}
	case strings.Count(address, ":") > 1:
		address = "[" + address + "]:88"
	case !strings.Contains(address, ":"):
		address += ":88"
	}
	c.kdcs[realm] = append(c.kdcs[realm], address)
}

// library returns the library's configuration. If keytab, the encryption types of a
// keytab, is not nil, tickets of other types are not requested.
func (c *krb5Conf) library(keytab map[int32]bool) *config.Config {
	conf := config.New()
	d := &conf.LibDefaults
	d.DefaultRealm = c.defaultRealm
	d.DNSLookupKDC = c.dnsKDC
	d.UDPPreferenceLimit = 2 // TCP first: with UDP, an unreachable KDC takes longer to fail
	if c.udpLimit > 0 {
		d.UDPPreferenceLimit = c.udpLimit
	}
	d.PermittedEnctypeIDs = etypeIDs(c.etypes, nil)
	d.DefaultTGSEnctypeIDs = d.PermittedEnctypeIDs
	d.DefaultTktEnctypeIDs = etypeIDs(c.etypes, keytab)
	for realm, kdcs := range c.kdcs {
		// The library shuffles the list, so it gets a copy.
		conf.Realms = append(conf.Realms, config.Realm{Realm: realm, KDC: append([]string(nil), kdcs...)})
	}
	maps.Copy(conf.DomainRealm, c.domains)
	return conf
}

// etypeIDs returns the numbers of encryption types, limited to those in only if that is
// not nil. It ignores names that the library does not know, such as those of whole
// families. If no type is left, it returns the usual types.
func etypeIDs(names []string, only map[int32]bool) []int32 {
	var ids []int32
	for _, name := range names {
		if id := etypeID.EtypeSupported(name); id != 0 && (only == nil || only[id]) {
			ids = append(ids, id)
		}
	}
	if ids != nil {
		return ids
	}
	for _, name := range etypesByPreference() {
		if id := etypeID.EtypeSupported(name); id != 0 && (only == nil || only[id]) {
			ids = append(ids, id)
		}
	}
	if ids == nil && only != nil { // a keytab with old types only: let the KDC reject them
		for id := range only {
			ids = append(ids, id)
		}
	}
	return ids
}
