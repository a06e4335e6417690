package kojirpc

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// sessionState holds what the hub gave a session at its login.
type sessionState struct {
	id     int64
	key    string
	header bool // it goes into headers, else into the URL
	next   int64
}

// nextNumber returns the next call number. Numbers only grow, over renewals too: the
// hub keeps the highest one when it renews a session.
func (t *sessionState) nextNumber() int64 {
	t.next++
	return t.next - 1
}

// spec says where a call of the session goes, and puts the session on it the way
// the hub wants it.
func (t *sessionState) spec(by *transport, to *url.URL, number int64, timeout time.Duration) requestSpec {
	if t.header {
		return requestSpec{transport: by, url: to, header: t.headers(number), timeout: timeout, secrets: []string{t.key}}
	}
	u := *to
	u.RawQuery = url.Values{
		"session-id":  {strconv.FormatInt(t.id, 10)},
		"session-key": {t.key},
		"callnum":     {strconv.FormatInt(number, 10)},
	}.Encode()
	return requestSpec{transport: by, url: &u, timeout: timeout, secrets: []string{t.key, url.QueryEscape(t.key)}}
}

// headers returns the headers of hubs since 1.31. Hubs before 1.35 look for the call number
// under another name than Koji's client sends, and so do not check it there; given
// both names, every hub checks it.
//
// Source: Session.__init__ in kojihub/auth.py.
func (t *sessionState) headers(number int64) http.Header {
	n := strconv.FormatInt(number, 10)
	return http.Header{
		"Koji-Session-Id":      {strconv.FormatInt(t.id, 10)},
		"Koji-Session-Key":     {t.key},
		"Koji-Session-Callnum": {n},
		"Koji-Callnum":         {n},
	}
}

// secureURL returns the hub's URL for what is secret.
func (h *hub) secureURL() *url.URL {
	u := *h.server
	u.Scheme = "https"
	return &u
}

// loginURL returns the URL for logins.
func (h *hub) loginURL() *url.URL {
	u := h.secureURL()
	u.Path = strings.TrimRight(u.Path, "/") + "/ssllogin"
	u.RawPath = ""
	return u
}
