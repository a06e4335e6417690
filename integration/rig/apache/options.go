package apache

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// ClientCert is when client certificates are asked for.
type ClientCert int

// When client certificates are asked for.
const (
	Never       ClientCert = iota
	InHandshake            // they are optional
	AtLogin                // they are required where one logs in, as in Koji's sample configuration
)

// Options configures the server. Backend and CA are required.
type Options struct {
	Backend string // the URL of the hub, over plain HTTP
	// CA makes the server's certificate and signs those of clients.
	CA *testca.CA
	// Names are those in the server's certificate; nil is localhost and
	// 127.0.0.1. Cert changes the certificate otherwise.
	Names      []string
	Cert       []testca.Option
	ClientCert ClientCert
	// Keytab is the keytab of the service HTTP/localhost; with it, GSSAPI is required
	// where one logs in. Krb5Conf is then the realm's krb5.conf.
	Keytab, Krb5Conf string
	// MaxTLS is TLSv1.2 or TLSv1.3; "" is the latter. Older ones are never
	// spoken.
	MaxTLS string
	Gzip   bool
	// Env is further variables of the server's environment, NAME=value.
	Env []string
}

// Where Debian and Fedora keep the modules.
var moduleDirs = [...]string{"/usr/lib/apache2/modules", "/usr/lib64/httpd/modules"}

// install holds what was found of Apache on this machine.
type install struct{ program, modules string }

// Installed tells with an error what this machine lacks for a private Apache.
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
