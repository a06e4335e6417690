package hubtest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// credentials are those that a request names its session by.
type credentials struct {
	id      int64
	key     string
	callnum *int64 // nil: not said, and then not checked
}

// The calls that an expired session, and one whose user another session locks,
// may still make.
var (
	whenExpired = []string{"login", "sslLogin"}
	whenLocked  = []string{"exclusiveSession", "login", "logout"}
	// retryable are the calls that may come again with the same number.
	retryable = []string{"host.taskWait", "host.taskUnwait", "host.taskSetWait", "host.updateHost",
		"host.setBuildRootState", "repoExpire", "repoDelete", "repoProblem"}
)

// credentials reads a request's session from its headers or its query. If there
// is none, the message says what a hub says of it.
func (h *Hub) credentials(r *http.Request) (c *credentials, message string, err error) {
	if id := r.Header.Get("Koji-Session-Id"); id != "" && !h.opts.URLSessionsOnly {
		c, err = h.fromHeaders(id, r.Header)
		return c, "", err
	}
	if h.opts.DisableURLSessions {
		return nil, "no Koji-Session-* headers", nil
	}
	if r.URL.RawQuery == "" {
		return nil, "no session header or session args", nil
	}
	c, err = fromQuery(r.URL.RawQuery)
	return c, "", err
}

func (h *Hub) fromHeaders(id string, head http.Header) (*credentials, error) {
	c := &credentials{}
	var err error
	if c.id, err = pythonInt(id); err != nil {
		return nil, err
	}
	if len(head.Values("Koji-Session-Key")) == 0 {
		return nil, python.KeyError("HTTP_KOJI_SESSION_KEY")
	}
	c.key = head.Get("Koji-Session-Key")
	callnum := head.Values("Koji-Session-Callnum")
	if len(callnum) == 0 || h.opts.OldCallnumHeader {
		callnum = head.Values("Koji-Callnum")
	}
	if len(callnum) == 0 {
		return c, nil
	}
	n, err := pythonInt(callnum[0])
	c.callnum = &n
	return c, err
}

func fromQuery(query string) (*credentials, error) {
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
	c := &credentials{key: args.Get("session-key")}
	if c.id, err = pythonInt(args.Get("session-id")); err != nil {
		return nil, err
	}
	if text := args.Get("callnum"); text != "" {
		n, err := pythonInt(text)
		if err != nil {
			return nil, python.AuthError("Invalid callnum: %s", python.Quote(text))
		}
		c.callnum = &n
	}
	return c, nil
}

func pythonInt(text string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0, python.BuiltinError("ValueError", "invalid literal for int() with base 10: %s", python.Quote(text))
	}
	return n, nil
}

// attach finds the session of a call and checks it. It locks the session's row
// if the call has a number; detach unlocks it.
func (c *call) attach(r *http.Request) error {
	cred, message, err := c.hub.credentials(r)
	if cred == nil || err != nil {
		c.message = message
		return err
	}
	ss := c.hub.sessions
	ss.mu.Lock()
	s := ss.byID[cred.id]
	ss.mu.Unlock()
	if s == nil {
		return errBadSession()
	}
	if err := s.lock(r.Context()); err != nil {
		return err
	}
	c.locked = s
	ss.mu.Lock()
	err = c.check(s, cred)
	ss.mu.Unlock()
	if err != nil || cred.callnum == nil || !c.loggedIn {
		c.release()
	}
	return err
}

func errBadSession() error { return python.AuthError("Invalid session or bad credentials") }

// check does what a hub does with a session it found. sessions.mu is held.
func (c *call) check(s *session, cred *credentials) error {
	if s.Key != cred.key || s.Closed {
		return errBadSession()
	}
	if life := c.hub.opts.SessionLife; life > 0 && c.now.After(later(s.Started, s.Renewed).Add(life)) {
		s.Expired = true
	}
	if s.Expired && !slices.Contains(whenExpired, c.method) {
		return python.Raise(python.CodeAuthExpired, "koji.AuthExpired", `session "%d" has expired`, s.ID)
	}
	if err := c.checkNumber(s, cred.callnum); err != nil {
		return err
	}
	c.session = s.Session
	if s.Expired {
		return nil // it can be renewed, but not used
	}
	u := c.db.Users.ByID[s.UserID]
	if u == nil || u.Blocked {
		return python.AuthError("logins by %s are not allowed", c.userName(s.UserID))
	}
	if lock := c.hub.sessions.exclusive(s.UserID); lock != 0 && lock != s.ID && lock != s.Master &&
		!slices.Contains(whenLocked, c.method) {
		return python.Raise(python.CodeAuthLock, "koji.AuthLockError", "User locked by another session")
	}
	s.Updated = c.now
	c.loggedIn, c.user, c.callnum = true, u, cred.callnum
	return nil
}

func (c *call) checkNumber(s *session, n *int64) error {
	switch {
	case n == nil || s.Callnum < 0:
		return nil
	case s.Callnum > *n:
		return python.Raise(python.CodeSequence, "koji.SequenceError", "%d > %d (session %d)", s.Callnum, *n, s.ID)
	case s.Callnum == *n && !slices.Contains(retryable, c.method):
		return python.Raise(python.CodeRetry, "koji.RetryError", "unable to retry call %d (method %s) for session %d",
			*n, c.method, s.ID)
	}
	return nil
}

// detach ends the call's hold on its session. If the call changed something,
// its number is kept.
func (c *call) detach() {
	if c.loggedIn && c.callnum != nil && c.wrote {
		c.hub.sessions.change(c.session.ID, func(s *Session) { s.Callnum = *c.callnum })
	}
	c.release()
}

func (c *call) release() {
	if c.locked != nil {
		c.locked.unlock()
		c.locked = nil
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
