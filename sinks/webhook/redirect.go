package webhook

import (
	"net/http"
	"net/url"
)

// follow decides about redirects, given how many may be followed. Where a secret may
// be in address, headers and body, there is no going to another server, nor from TLS
// to none; and a request that would not be the same, as after 303, is not what was
// to be sent. What is not followed is the answer.
func follow(most int) func(next *http.Request, via []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		first := via[0]
		if len(via) > most || next.Method != first.Method || !sameServer(first.URL, next.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}
}

// sameServer reports whether two addresses are one server's: another port of a host
// may be anybody's. From http to https the port may only change from the one's
// default to the other's.
func sameServer(from, to *url.URL) bool {
	if from.Hostname() != to.Hostname() {
		return false
	}
	if from.Scheme == to.Scheme {
		return portOf(from) == portOf(to)
	}
	return to.Scheme == "https" && portOf(from) == "80" && portOf(to) == "443"
}

// portOf is the port of an address, that of its scheme if it names none.
func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
