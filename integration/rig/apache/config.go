package apache

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// modules are loaded unless they are compiled into the program.
var modules = [...]string{
	"mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi", "deflate", "filter", "headers", "proxy",
	"proxy_http", "reqtimeout", "ssl",
}

// config is the server's configuration file.
func (s *Server) config() string {
	var b strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	add("ServerRoot %s", s.dir)
	add("DefaultRuntimeDir %s", s.dir)
	add("PidFile %s", s.path("pid"))
	add("ErrorLog %s", s.path("error.log"))
	add("LogLevel info")
	add("ServerName localhost")
	add("Listen %s https", port.Loopback(s.port))
	add("KeepAliveTimeout 5")
	for _, name := range modules {
		if path := filepath.Join(s.install.modules, "mod_"+name+".so"); exists(path) {
			add("LoadModule %s_module %s", name, path)
		}
	}
	add("%s", s.tls())
	add("%s", headers())
	add("ProxyPass %s %s retry=0 disablereuse=on", hubtest.Path, s.opts.Backend)
	if s.opts.Gzip {
		add("<Location %s>\nSetOutputFilter DEFLATE\n</Location>", hubtest.Path)
	}
	add("<Location %s>\n%s</Location>", hubtest.Path+hubtest.LoginPath, s.login())
	return b.String()
}

// tls configures TLS, including client certificates if they are requested in the
// handshake.
func (s *Server) tls() string {
	protocol := "-all +TLSv1.2"
	if s.opts.MaxTLS != "TLSv1.2" {
		protocol += " +TLSv1.3"
	}
	text := "SSLEngine on\nSSLProtocol " + protocol +
		"\nSSLSessionCache none\nSSLCertificateFile " + s.path("server.pem") +
		"\nSSLCACertificateFile " + s.path("ca.crt") + "\nSSLVerifyDepth 10\n"
	if s.opts.ClientCert == InHandshake {
		text += "SSLVerifyClient optional\n"
	}
	return text
}

// headers passes the user's identity to the hub in headers. It sets every header, so none
// from the client gets through.
func headers() string {
	return "RequestHeader set " + hubtest.HeaderPrincipal + " expr=%{REMOTE_USER}\n" +
		"RequestHeader set " + hubtest.HeaderVerify + " %{SSL_CLIENT_VERIFY}s\n" +
		"RequestHeader set " + hubtest.HeaderCN + " %{SSL_CLIENT_S_DN_CN}s\n" +
		"RequestHeader set " + hubtest.HeaderDN + " \"%{SSL_CLIENT_S_DN}s\"\n"
}

// login configures the login path, as Koji's sample configuration does.
func (s *Server) login() string {
	var text string
	if s.opts.ClientCert == AtLogin {
		text += "SSLVerifyClient require\nSSLVerifyDepth 10\nSSLOptions +StdEnvVars\n"
	}
	if s.opts.Keytab != "" {
		text += "AuthType GSSAPI\nAuthName \"GSSAPI Single Sign On Login\"\n" +
			"GssapiCredStore keytab:" + s.path("http.keytab") + "\nRequire valid-user\n"
	}
	return text
}

// layOut writes the server's files.
func (s *Server) layOut() error {
	names := s.opts.Names
	if names == nil {
		names = []string{"localhost", "127.0.0.1"}
	}
	pair, err := s.opts.CA.Server(names, s.opts.Cert...)
	if err != nil {
		return err
	}
	s.cert = pair.Cert
	if _, err := pair.WriteFile(s.dir, "server"); err != nil {
		return err
	}
	if _, err := s.opts.CA.WriteFile(s.dir); err != nil {
		return err
	}
	if s.opts.Keytab != "" {
		for name, from := range map[string]string{"http.keytab": s.opts.Keytab, "krb5.conf": s.opts.Krb5Conf} {
			text, err := os.ReadFile(from)
			if err == nil {
				err = os.WriteFile(s.path(name), text, 0o600)
			}
			if err != nil {
				return fmt.Errorf("lay out Apache: %w", err)
			}
		}
	}
	return s.writeConfig()
}

func (s *Server) writeConfig() error {
	if err := os.WriteFile(s.path("httpd.conf"), []byte(s.config()), 0o600); err != nil {
		return fmt.Errorf("lay out Apache: %w", err)
	}
	return s.handOver()
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
