package hubtest

import (
	"net/http"
	"slices"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/credentials"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// The calls that are still allowed in an expired session, and in a session that is
// locked out by an exclusive one.
var (
	whenExpired = []string{"login", "sslLogin"}
	whenLocked  = []string{"exclusiveSession", "login", "logout"}
	// retryable are the calls that may be repeated with the same number.
	retryable = []string{"host.taskWait", "host.taskUnwait", "host.taskSetWait", "host.updateHost",
		"host.setBuildRootState", "repoExpire", "repoDelete", "repoProblem"}
)

// credentials reads a request's session. If there is none, it returns the hub's message
// for that.
func (h *Hub) credentials(r *http.Request) (c *credentials.Credentials, message string, err error) {
	return credentials.Read(r, credentials.Options{
		URLOnly: h.opts.URLSessionsOnly, HeadersOnly: h.opts.DisableURLSessions, OldCallnumHeader: h.opts.OldCallnumHeader,
	})
}

// attach finds and checks the session of a call. If the call has a number, it locks the
// session's row until detach.
func (c *call) attach(r *http.Request) error {
	cred, message, err := c.hub.credentials(r)
	if cred == nil || err != nil {
		c.message = message
		return err
	}
	ss := c.hub.sessions
	ss.mu.Lock()
	s := ss.byID[cred.ID]
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
	if err != nil || cred.Callnum == nil || !c.loggedIn {
		c.release()
	}
	return err
}

func errBadSession() error { return python.AuthError("Invalid session or bad credentials") }

// check checks a session like a hub and attaches it to the call. sessions.mu is held.
func (c *call) check(s *session, cred *credentials.Credentials) error {
	if s.Key != cred.Key || s.Closed {
		return errBadSession()
	}
	if life := c.hub.opts.SessionLife; life > 0 && c.now.After(s.Started.Add(life)) && c.now.After(s.Renewed.Add(life)) {
		s.Expired = true
	}
	if s.Expired && !slices.Contains(whenExpired, c.method) {
		return python.Raise(python.CodeAuthExpired, "koji.AuthExpired", `session "%d" has expired`, s.ID)
	}
	if err := c.checkNumber(s, cred.Callnum); err != nil {
		return err
	}
	c.session = s.Session
	if s.Expired {
		return nil // the session can be renewed, but not used
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
	c.loggedIn, c.user, c.callnum = true, u, cred.Callnum
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

// detach unlocks the call's session. If the call changed something, the session keeps its
// number.
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
