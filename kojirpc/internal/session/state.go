package session

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
)

// state is the hub's session, as returned by a login.
type state struct {
	id     int64
	key    string
	header bool // sent in headers, otherwise in the URL
	next   int64
}

// nextNumber returns the next call number. Numbers increase across renewals, too: the
// hub keeps the highest number when it renews a session.
func (s *state) nextNumber() int64 {
	s.next++
	return s.next - 1
}

// route returns the route of a call within the session, with the session in headers or
// in the URL, depending on the hub.
func (s *state) route(by *exchange.Transport, to *url.URL, number int64, timeout time.Duration) exchange.Route {
	if s.header {
		return exchange.Route{Transport: by, URL: to, Header: s.headers(number), Timeout: timeout, Secrets: []string{s.key}}
	}
	u := *to
	u.RawQuery = url.Values{
		"session-id":  {strconv.FormatInt(s.id, 10)},
		"session-key": {s.key},
		"callnum":     {strconv.FormatInt(number, 10)},
	}.Encode()
	return exchange.Route{Transport: by, URL: &u, Timeout: timeout, Secrets: []string{s.key, url.QueryEscape(s.key)}}
}

// headers returns the session headers for hubs since 1.31. Hubs before 1.35 expect the
// call number in another header than the one Koji's client sends, and so do not check
// it. With both headers, every hub checks it.
//
// Source: Session.__init__ in kojihub/auth.py.
func (s *state) headers(number int64) http.Header {
	n := strconv.FormatInt(number, 10)
	return http.Header{
		"Koji-Session-Id":      {strconv.FormatInt(s.id, 10)},
		"Koji-Session-Key":     {s.key},
		"Koji-Session-Callnum": {n},
		"Koji-Callnum":         {n},
	}
}

// secure returns the hub's URL with the scheme https.
func secure(server *url.URL) *url.URL {
	u := *server
	u.Scheme = "https"
	return &u
}

// loginURL returns the hub's URL for logins.
func loginURL(server *url.URL) *url.URL {
	u := secure(server)
	u.Path = strings.TrimRight(u.Path, "/") + "/ssllogin"
	u.RawPath = ""
	return u
}
