package session

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
)

// state holds what the hub gave a session at its login.
type state struct {
	id     int64
	key    string
	header bool // it goes into headers, else into the URL
	next   int64
}

// nextNumber returns the next call number. Numbers only grow, over renewals too: the
// hub keeps the highest one when it renews a session.
func (s *state) nextNumber() int64 {
	s.next++
	return s.next - 1
}

// route says where a call of the session goes, and puts the session on it the way
// the hub wants it.
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

// headers returns the headers of hubs since 1.31. Hubs before 1.35 look for the call number
// under another name than Koji's client sends, and so do not check it there; given
// both names, every hub checks it.
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

// secure returns the hub's URL for what is secret.
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
