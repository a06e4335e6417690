package hubtest

import "net/http"

// Identity is the sender of a request, as identified by a web server in front of a hub.
// The zero value is an unknown user.
type Identity struct {
	// Principal is the Kerberos principal, from mod_auth_gssapi. It has precedence.
	Principal string
	// Verified reports that there was a valid client certificate.
	Verified bool
	// CN and DN are the common name and the distinguished name (RFC 2253) of that
	// certificate.
	CN, DN string
}

// The headers from which FrontEndIdentity takes an identity.
const (
	HeaderPrincipal = "X-Hub-Remote-User"   // REMOTE_USER of mod_auth_gssapi
	HeaderVerify    = "X-Hub-Client-Verify" // SSL_CLIENT_VERIFY of mod_ssl
	HeaderCN        = "X-Hub-Client-Cn"     // SSL_CLIENT_S_DN_CN
	HeaderDN        = "X-Hub-Client-Dn"     // SSL_CLIENT_S_DN
)

// CertIdentity returns the identity in the connection's client certificate. The server
// must have verified it, as those of Listen do.
func CertIdentity(r *http.Request) Identity {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return Identity{}
	}
	subject := r.TLS.PeerCertificates[0].Subject
	return Identity{Verified: true, CN: subject.CommonName, DN: subject.String()}
}

// FrontEndIdentity returns the identity in the headers of a web server in front of the
// hub. That server must set or remove all four headers: a client that can send them can
// pose as any user.
func FrontEndIdentity(r *http.Request) Identity {
	return Identity{
		Principal: present(r.Header.Get(HeaderPrincipal)),
		Verified:  r.Header.Get(HeaderVerify) == "SUCCESS",
		CN:        present(r.Header.Get(HeaderCN)),
		DN:        present(r.Header.Get(HeaderDN)),
	}
}

// present returns a header's value. Apache writes (null) for unset variables.
func present(value string) string {
	if value == "(null)" {
		return ""
	}
	return value
}
