package hubtest

import "net/http"

// Identity says who sent a request, as a web server in front of a hub knows it.
// The zero value is an unknown user.
type Identity struct {
	// Principal is the Kerberos principal, from mod_auth_gssapi. It has precedence.
	Principal string
	// Verified says that a client certificate was given and found good.
	Verified bool
	// CN and DN are the common name and the distinguished name, as of RFC 2253,
	// of that certificate.
	CN, DN string
}

// The headers in which FrontEndIdentity looks for an identity.
const (
	HeaderPrincipal = "X-Hub-Remote-User"   // REMOTE_USER of mod_auth_gssapi
	HeaderVerify    = "X-Hub-Client-Verify" // SSL_CLIENT_VERIFY of mod_ssl
	HeaderCN        = "X-Hub-Client-Cn"     // SSL_CLIENT_S_DN_CN
	HeaderDN        = "X-Hub-Client-Dn"     // SSL_CLIENT_S_DN
)

// CertIdentity takes the client certificate of the connection. The server must
// have verified it, as one from Listen does.
func CertIdentity(r *http.Request) Identity {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return Identity{}
	}
	subject := r.TLS.PeerCertificates[0].Subject
	return Identity{Verified: true, CN: subject.CommonName, DN: subject.String()}
}

// FrontEndIdentity takes the word of a web server in front of the hub for it.
// That server must set all four headers itself, or remove them: a client that can
// send them can pose as any user.
func FrontEndIdentity(r *http.Request) Identity {
	return Identity{
		Principal: present(r.Header.Get(HeaderPrincipal)),
		Verified:  r.Header.Get(HeaderVerify) == "SUCCESS",
		CN:        present(r.Header.Get(HeaderCN)),
		DN:        present(r.Header.Get(HeaderDN)),
	}
}

// present returns a header's value. Apache writes (null) for what is not set.
func present(value string) string {
	if value == "(null)" {
		return ""
	}
	return value
}
