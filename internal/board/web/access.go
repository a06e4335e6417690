package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"slices"
)

// Access says who may look. The zero value lets everybody.
type Access struct {
	// Username and Password are asked for. Password is called by each request, so that it
	// may change.
	Username string
	Password func() (string, error)
	// UserHeader is one by which a proxy names the user that it has let in. It is believed
	// of Proxies, and of whoever can reach a socket in the file system.
	UserHeader string
	Proxies    []netip.Prefix
}

// only has refuse answer the requests of those that may not look.
func (a *Access) only(next http.Handler, refuse func(w http.ResponseWriter, r *http.Request, code int, text string)) http.Handler {
	if a.Username == "" && a.UserHeader == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case a.letInByProxy(r), a.hasPassword(r):
			next.ServeHTTP(w, r)
		case a.Username != "":
			w.Header().Set("WWW-Authenticate", `Basic realm="kojiwatch", charset="UTF-8"`)
			refuse(w, r, http.StatusUnauthorized, "User and password, please.")
		default:
			refuse(w, r, http.StatusForbidden, "Only those that the proxy has let in may look.")
		}
	})
}

func (a *Access) letInByProxy(r *http.Request) bool {
	return a.UserHeader != "" && r.Header.Get(a.UserHeader) != "" && a.isProxy(r.RemoteAddr)
}

// isProxy reports whether a request comes from a proxy, by the address of its connection.
func (a *Access) isProxy(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return true // of a socket in the file system
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	at = at.Unmap().WithZone("")
	return slices.ContainsFunc(a.Proxies, func(p netip.Prefix) bool { return p.Contains(at) })
}

// hasPassword takes as long for any wrong password. That of a file that can't be read is
// none.
func (a *Access) hasPassword(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	if !ok || a.Username == "" {
		return false
	}
	want, err := a.Password()
	if err != nil || want == "" {
		return false
	}
	return same(user, a.Username)&same(password, want) == 1
}

func same(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}
