package webhook

import (
	"net/http"
	"net/url"
)

// follow returns a CheckRedirect function that follows at most most redirects. The address,
// headers and body may hold secrets, so it follows none to another server or from https to
// http. Nor does it follow one that changes the request, such as 303. A redirect that is
// not followed is the answer.
func follow(most int) func(next *http.Request, via []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		first := via[0]
		if len(via) > most || next.Method != first.Method || !sameServer(first.URL, next.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}
}

// sameServer reports whether two addresses belong to the same server. Another port of the
// host may belong to somebody else, except that http may change to https if each is at its
// default port.
func sameServer(from, to *url.URL) bool {
	if from.Hostname() != to.Hostname() {
		return false
	}
	if from.Scheme == to.Scheme {
		return portOf(from) == portOf(to)
	}
	return to.Scheme == "https" && portOf(from) == "80" && portOf(to) == "443"
}

// portOf returns the port of an address, by default that of its scheme.
func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
