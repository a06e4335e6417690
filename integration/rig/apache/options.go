package apache

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// ClientCert is when the server requests client certificates.
type ClientCert int

// When the server requests client certificates.
const (
	Never       ClientCert = iota
	InHandshake            // they are optional
	AtLogin                // they are required where one logs in, as in Koji's sample configuration
)

// Options configures the server. Backend and CA are required.
type Options struct {
	Backend string // the URL of the hub, over plain HTTP
	// CA signs the certificates of the server and the clients.
	CA *testca.CA
	// Names are the names in the server's certificate; nil means localhost and
	// 127.0.0.1. Cert can change the rest of the certificate.
	Names      []string
	Cert       []testca.Option
	ClientCert ClientCert
	// Keytab is the keytab of the service HTTP/localhost. If it is set, logins require
	// GSSAPI, and Krb5Conf is the realm's krb5.conf.
	Keytab, Krb5Conf string
	// MaxTLS is TLSv1.2 or TLSv1.3, the default. Older versions are disabled.
	MaxTLS string
	Gzip   bool
	// Env has additional environment variables for the server, NAME=value.
	Env []string
}

// The folders of the modules on Debian and Fedora.
var moduleDirs = [...]string{"/usr/lib/apache2/modules", "/usr/lib64/httpd/modules"}

// install describes the Apache of this machine.
type install struct{ program, modules string }

// Installed returns an error if this machine lacks something for a private Apache.
func Installed() error {
	_, err := find()
	return err
}

func find() (install, error) {
	var in install
	for _, dir := range moduleDirs {
		if _, err := os.Stat(filepath.Join(dir, "mod_ssl.so")); err == nil {
			in.modules = dir
		}
	}
	for _, name := range []string{"apache2", "httpd"} {
		for _, place := range []string{name, "/usr/sbin/" + name} {
			if path, err := exec.LookPath(place); err == nil && in.program == "" {
				in.program = path
			}
		}
	}
	if in.modules == "" || in.program == "" {
		return in, fmt.Errorf("apache with mod_ssl is not installed (Debian: apt-get install apache2): program %q, modules %q", in.program, in.modules)
	}
	if _, err := os.Stat(filepath.Join(in.modules, "mod_auth_gssapi.so")); err != nil {
		return in, fmt.Errorf("mod_auth_gssapi is not installed (Debian: apt-get install libapache2-mod-auth-gssapi): %w", err)
	}
	return in, nil
}
