package hubtest

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// This file is the web server in front of a hub: authentication of logins, and HTML
// pages.

// admit identifies the sender of a request and authenticates logins. If a login is
// refused, ok is false and the answer has been sent.
func (h *Hub) admit(w http.ResponseWriter, r *http.Request) (who Identity, ok bool) {
	who = h.opts.Identify(r)
	if r.URL.Path != Path+LoginPath {
		return who, true
	}
	switch {
	case h.opts.Negotiate != nil:
		return h.negotiate(w, r)
	case h.opts.CertPerLocation && !who.Verified:
		w.Header().Set("Connection", "close")
		page(w, http.StatusForbidden, "You don't have permission to access this resource."+
			"Reason: Cannot perform Post-Handshake Authentication.<br />")
		return who, false
	}
	return who, true
}

// negotiate works like mod_auth_gssapi.
func (h *Hub) negotiate(w http.ResponseWriter, r *http.Request) (Identity, bool) {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Negotiate ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token))
	if found && err == nil {
		if principal, err := h.opts.Negotiate(raw); err == nil {
			return Identity{Principal: principal}, true
		}
	}
	w.Header().Set("WWW-Authenticate", "Negotiate")
	page(w, http.StatusUnauthorized, "This server could not verify that you\nare authorized to access the document\n"+
		"requested.  Either you supplied the wrong\ncredentials (e.g., bad password), or your\n"+
		"browser doesn't understand how to supply\nthe credentials required.")
	return Identity{}, false
}

// page sends an HTML page like those of Apache.
func page(w http.ResponseWriter, status int, text string) {
	title := http.StatusText(status)
	body := `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">` +
		"\n<html><head>\n<title>" + strconv.Itoa(status) + " " + title + "</title>\n</head><body>\n<h1>" + title +
		"</h1>\n<p>" + text + "</p>\n</body></html>\n"
	send(w, status, "text/html; charset=iso-8859-1", body)
}

func plainText(w http.ResponseWriter, status int, text string) { send(w, status, "text/plain", text) }

func send(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // fails only if the client has disconnected
}
