package profile

import (
	"slices"
	"time"
)

// Profile says how to reach and use one Koji hub. Every field is named for the
// key it comes from and has Koji's default when no file gives that key.
type Profile struct {
	// Name is the section's name, and Koji's key "profile".
	Name string

	// Server is the URL of the hub's XML-RPC endpoint, by default
	// http://localhost/kojihub.
	Server string
	// WebURL is the root of kojiweb, by default http://localhost/koji.
	WebURL string
	// TopURL is the root for downloads, needed for URLs of logs and files.
	// Empty when unset. Without it, a PkgURL that ends in /packages gives it.
	TopURL string
	// PkgURL is the obsolete forerunner of TopURL. Empty when unset.
	PkgURL string
	// TopDir is the mount point of the hub's files, by default /mnt/koji.
	// A leading ~ is expanded.
	TopDir string

	// MaxRetries is how many times a failed call is tried again, by default 30.
	MaxRetries int
	// RetryInterval is the pause between these, by default 20 s.
	RetryInterval time.Duration
	// AnonRetry asks for retries also when not logged in.
	AnonRetry bool
	// OfflineRetry asks to wait for as long as the hub says it is offline.
	OfflineRetry bool
	// OfflineRetryInterval is the pause while it does, by default 20 s.
	OfflineRetryInterval time.Duration
	// Timeout bounds a call, by default 12 h; 0 means no bound. In Koji it
	// covers the connecting and the silence between bytes, not the whole call.
	Timeout time.Duration
	// AuthTimeout is Timeout for the login call, by default 60 s.
	AuthTimeout time.Duration
	// PollInterval is how often a watched task is asked for, by default 6 s.
	PollInterval time.Duration

	// Principal is the Kerberos principal to log in as. Empty when unset.
	Principal string
	// Keytab is the path of its keytab, which Koji uses only if Principal is
	// set too. Koji does not expand ~ here. Empty when unset.
	Keytab string
	// Cert is the path of the client's certificate and key in one PEM file.
	// When unset it is ~/.koji/client.crt if that exists. Empty for none.
	Cert string
	// ServerCA is the path of the CA certificates for the hub. When unset it
	// is ~/.koji/serverca.crt if that exists. Empty for the system's.
	ServerCA string
	// NoSSLVerify turns off the check of the hub's certificate. Koji does not
	// read it as a boolean: any text turns the check off, even "False".
	NoSSLVerify bool
	// AuthType is noauth, ssl, password or kerberos, as the file has it. Empty
	// when unset, which leaves the choice to the client; where a file sets
	// it to nothing (Source is not zero then) Koji has no way to log in.
	AuthType string
	// ForceAuth asks to log in even where anonymous calls would do.
	ForceAuth bool

	// UseFastUpload is about uploads, by default true.
	UseFastUpload bool
	// UploadBlocksize is about uploads: bytes, by default 1048576.
	UploadBlocksize int
	// Debug and DebugXMLRPC ask Koji's client for debugging output.
	Debug, DebugXMLRPC bool
	// PyVer is the major version of Python for Koji's client; 0 when unset.
	PyVer int
	// PluginPaths lists directories of plugins for Koji's client, separated
	// by colons. Empty when unset.
	PluginPaths string

	sources map[string]Position
	doubts  []string
}

// Source says which file and line the value of a key, such as "server", comes
// from. It is zero for a default. A TopURL made from a PkgURL has no source of
// its own: ask for that of "pkgurl".
func (p Profile) Source(key string) Position { return p.sources[key] }

// Warnings gives one line for each setting that is likely not to do what its
// writer thinks, with its place. It is empty for an ordinary profile.
func (p Profile) Warnings() []string {
	var out []string
	warn := func(key, text string) {
		if at := p.sources[key]; at != (Position{}) {
			out = append(out, at.String()+": "+key+" "+text)
		}
	}
	if p.NoSSLVerify {
		warn("no_ssl_verify", "turns off the check of the hub's certificate, as any text does, even False; remove the line to have it checked")
	}
	warn("pkgurl", "is obsolete; set topurl, which is the same without a final /packages")
	for _, key := range obsolete() {
		warn(key, "is ignored since Koji 1.22; remove it")
	}
	return slices.Concat(out, p.doubts)
}

// obsolete lists the keys that went with the old Kerberos code in Koji 1.22.
// Many deployed files still have them.
func obsolete() []string {
	return []string{"krbservice", "krb_rdns", "krb_canon_host", "krb_server_realm", "ca", "keepalive"}
}
