package kdc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kojiwatch/kojiwatch/integration/rig/port"
)

// programs are the programs of MIT Kerberos with their Debian packages.
var programs = map[string]string{
	"krb5kdc":      "krb5-kdc",
	"kdb5_util":    "krb5-kdc",
	"kadmin.local": "krb5-admin-server",
	"kinit":        "krb5-user",
}

// sbin is a folder that is not in the PATH of ordinary users on Debian.
const sbin = "/usr/sbin"

// Installed returns an error if this machine lacks something for a private realm.
func Installed() error {
	for name, pkg := range programs {
		if _, err := lookPath(name); err != nil {
			return fmt.Errorf("%s is not installed (Debian: apt-get install %s): %w", name, pkg, err)
		}
	}
	return nil
}

func lookPath(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join(sbin, name))
}

// layout has the folder of a realm and the addresses of its KDC.
type layout struct {
	dir, realm string
	port       int
	env        []string // for the KDC only
}

func (l *layout) path(name string) string { return filepath.Join(l.dir, name) }

// files returns the configuration files.
func (l *layout) files() map[string]string {
	address := port.Loopback(l.port)
	return map[string]string{
		"krb5.conf": lines(
			"[libdefaults]",
			"default_realm = "+l.realm,
			"dns_lookup_kdc = false",
			"dns_lookup_realm = false",
			"dns_canonicalize_hostname = false",
			"rdns = false",
			"[realms]",
			l.realm+" = {",
			"kdc = "+address,
			"}",
			"[domain_realm]",
			"localhost = "+l.realm,
		),
		"kdc.conf": lines(
			"[kdcdefaults]",
			"kdc_listen = "+address,
			"kdc_tcp_listen = "+address,
			"[realms]",
			l.realm+" = {",
			"database_name = "+l.path("principal"),
			"key_stash_file = "+l.path("stash"),
			"acl_file = "+l.path("kadm5.acl"),
			"max_life = 10h",
			"max_renewable_life = 10h",
			"default_principal_flags = +preauth",
			"supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal",
			"}",
			"[logging]",
			"kdc = STDERR",
			"default = STDERR",
		),
		"kadm5.acl": "",
	}
}

func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }

func (l *layout) write() error {
	for name, text := range l.files() {
		if err := os.WriteFile(l.path(name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("lay out KDC: %w", err)
		}
	}
	return nil
}

// environ returns the environment variables that make programs use this realm.
func (l *layout) environ() []string {
	return append(os.Environ(),
		"KRB5_CONFIG="+l.path("krb5.conf"),
		"KRB5_KDC_PROFILE="+l.path("kdc.conf"),
		"KRB5CCNAME=FILE:"+l.path("ccache"),
		"KRB5RCACHENAME=dfl:",
		"KRB5RCACHEDIR="+l.dir,
		"LC_ALL=C",
	)
}
