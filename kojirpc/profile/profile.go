package profile

import (
	"slices"
	"time"
)

// Profile has the settings for one Koji hub. Every field is named after its key and has
// Koji's default if no file sets that key.
type Profile struct {
	// Name is the name of the section, and Koji's key "profile".
	Name string

	// Server is the URL of the hub's XML-RPC endpoint, by default
	// http://localhost/kojihub.
	Server string
	// WebURL is the root of kojiweb, by default http://localhost/koji.
	WebURL string
	// TopURL is the root for downloads, needed for URLs of logs and files. If
	// unset, it is derived from a PkgURL that ends in /packages, or empty.
	TopURL string
	// PkgURL is the obsolete predecessor of TopURL. Empty if unset.
	PkgURL string
	// TopDir is the mount point of the hub's files, by default /mnt/koji.
	// A leading ~ is expanded.
	TopDir string

	// MaxRetries is the maximum number of retries of a call, by default 30.
	MaxRetries int
	// RetryInterval is the pause between retries, by default 20 s.
	RetryInterval time.Duration
	// AnonRetry enables retries of anonymous calls.
	AnonRetry bool
	// OfflineRetry enables retries for as long as the hub says it is offline.
	OfflineRetry bool
	// OfflineRetryInterval is the pause between those, by default 20 s.
	OfflineRetryInterval time.Duration
	// Timeout is the timeout of a call, by default 12 h; 0 means none. In Koji
	// it applies to connecting and to the time between bytes, not to the call.
	Timeout time.Duration
	// AuthTimeout is the timeout of the login call, by default 60 s.
	AuthTimeout time.Duration
	// PollInterval is how often a watched task is polled, by default every 6 s.
	PollInterval time.Duration

	// Principal is the Kerberos principal to log in as. Empty if unset.
	Principal string
	// Keytab is the path of its keytab, which Koji only uses if Principal is
	// set, too. Koji does not expand ~ here. Empty if unset.
	Keytab string
	// Cert is the path of the client's certificate and key in one PEM file. If
	// unset, it is ~/.koji/client.crt if that exists. Empty means none.
	Cert string
	// ServerCA is the path of the CA certificates for the hub. If unset, it is
	// ~/.koji/serverca.crt if that exists. Empty means the system's.
	ServerCA string
	// NoSSLVerify disables verification of the hub's certificate. Koji does not
	// parse it as a boolean: any text disables verification, even "False".
	NoSSLVerify bool
	// AuthType is noauth, ssl, password or kerberos, as in the file. If it is
	// unset, it is empty and the client chooses. If a file sets it to the empty
	// string (then its Source is not zero), Koji cannot log in.
	AuthType string
	// ForceAuth makes Koji's client log in even if anonymous calls suffice.
	ForceAuth bool

	// UseFastUpload selects the way of uploading, by default true.
	UseFastUpload bool
	// UploadBlocksize is the size of uploaded blocks in bytes, by default 1048576.
	UploadBlocksize int
	// Debug and DebugXMLRPC enable debugging output of Koji's client.
	Debug, DebugXMLRPC bool
	// PyVer is the major version of Python for Koji's client; 0 if unset.
	PyVer int
	// PluginPaths lists directories of plugins for Koji's client, separated
	// by colons. Empty if unset.
	PluginPaths string

	sources map[string]Position
	doubts  []string
}

// Source returns the file and line that set a key, such as "server". It is zero for a
// default. A TopURL derived from a PkgURL has no source of its own, but "pkgurl" has.
func (p Profile) Source(key string) Position { return p.sources[key] }

// Warnings returns a line for each setting that probably does not do what its author
// intended, with its place. It is empty for most profiles.
func (p Profile) Warnings() []string {
	var out []string
	warn := func(key, text string) {
		if at := p.sources[key]; at != (Position{}) {
			out = append(out, at.String()+": "+key+" "+text)
		}
	}
	if p.NoSSLVerify {
		warn("no_ssl_verify", "disables verification of the hub's certificate, as any text does, even False; remove the line to enable it")
	}
	warn("pkgurl", "is obsolete; set topurl instead, to the same URL without /packages at the end")
	for _, key := range obsolete() {
		warn(key, "is ignored since Koji 1.22; remove it")
	}
	return slices.Concat(out, p.doubts)
}

// obsolete lists the keys that were removed with the old Kerberos code in Koji 1.22.
// Many deployed files still contain them.
func obsolete() []string {
	return []string{"krbservice", "krb_rdns", "krb_canon_host", "krb_server_realm", "ca", "keepalive"}
}
