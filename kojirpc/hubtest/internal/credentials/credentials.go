// Package credentials reads the session of a request to a hub.
package credentials

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// Options select where a hub looks for a session. The zero value means headers and URL.
type Options struct {
	URLOnly          bool // no headers, like hubs before 1.31
	HeadersOnly      bool // no URLs
	OldCallnumHeader bool // the call number is in Koji-Callnum, as for hubs 1.31 to 1.34
}

// Credentials identify a session.
type Credentials struct {
	ID      int64
	Key     string
	Callnum *int64 // nil: not given, and therefore not checked
}

// Read reads a request's session from its headers or its query. If there is none, it
// returns the hub's message for that.
func Read(r *http.Request, o Options) (c *Credentials, message string, err error) {
	if id := r.Header.Get("Koji-Session-Id"); id != "" && !o.URLOnly {
		c, err = fromHeaders(id, r.Header, o.OldCallnumHeader)
		return c, "", err
	}
	if o.HeadersOnly {
		return nil, "no Koji-Session-* headers", nil
	}
	if r.URL.RawQuery == "" {
		return nil, "no session header or session args", nil
	}
	c, err = fromQuery(r.URL.RawQuery)
	return c, "", err
}

func fromHeaders(id string, head http.Header, oldCallnum bool) (*Credentials, error) {
	c := &Credentials{}
	var err error
	if c.ID, err = python.Int(id); err != nil {
		return nil, err
	}
	if len(head.Values("Koji-Session-Key")) == 0 {
		return nil, python.KeyError("HTTP_KOJI_SESSION_KEY")
	}
	c.Key = head.Get("Koji-Session-Key")
	callnum := head.Values("Koji-Session-Callnum")
	if len(callnum) == 0 || oldCallnum {
		callnum = head.Values("Koji-Callnum")
	}
	if len(callnum) == 0 {
		return c, nil
	}
	n, err := python.Int(callnum[0])
	c.Callnum = &n
	return c, err
}

func fromQuery(query string) (*Credentials, error) {
	for field := range strings.SplitSeq(query, "&") {
		if !strings.Contains(field, "=") {
			return nil, python.BuiltinError("ValueError", "bad query field: %s", python.Quote(field))
		}
	}
	args, err := url.ParseQuery(query)
	if err != nil {
		return nil, python.BuiltinError("ValueError", "%s", err)
	}
	for _, field := range []string{"session-id", "session-key"} {
		if args.Get(field) == "" {
			return nil, python.AuthError("'%s' not specified in session args", field)
		}
	}
	c := &Credentials{Key: args.Get("session-key")}
	if c.ID, err = python.Int(args.Get("session-id")); err != nil {
		return nil, err
	}
	if text := args.Get("callnum"); text != "" {
		n, err := python.Int(text)
		if err != nil {
			return nil, python.AuthError("Invalid callnum: %s", python.Quote(text))
		}
		c.Callnum = &n
	}
	return c, nil
}
